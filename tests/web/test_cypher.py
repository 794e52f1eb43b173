"""The view that runs queries: it is there only where it is allowed, it reads only, and its sizes are bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from kg.web.views import cypher
from tests.web.conftest import HOSTILE, library_of, look_at, start

pytestmark = pytest.mark.slow

TITLES = "MATCH (p:Paper) RETURN p.title AS title ORDER BY title"


@pytest.fixture(scope="module")
def open_site(graph: Path) -> Iterator[str]:
    server = start(library_of(graph), allow_cypher=True)
    yield server.url
    server.stop()


def test_it_is_not_there_unless_allowed(tab: Page, site: str) -> None:
    tab.goto(f"{site}/cypher?q={quote(TITLES)}")
    expect(tab.locator("h1")).to_have_text("There is no such page")
    expect(tab.get_by_role("link", name="Cypher")).to_have_count(0)
    expect(tab.locator("main")).not_to_contain_text("Foo1Net")


def test_a_query_leads_to_its_rows_at_an_address(tab: Page, open_site: str) -> None:
    tab.goto(open_site)
    tab.get_by_role("link", name="Cypher").click()
    tab.locator("#cypher").fill(TITLES)
    tab.keyboard.press("Control+Enter")
    expect(tab.locator(".ag-row", has_text=HOSTILE)).to_be_visible()
    expect(tab).to_have_url(re.compile(r"/cypher\?q=MATCH"))
    with tab.expect_download() as saved:
        tab.get_by_text("Save as CSV").click()
    assert "Foo1Net" in Path(saved.value.path()).read_text(encoding="utf-8-sig")
    assert tab.evaluate("window.hacked") is None


def test_the_button_runs_it_too(tab: Page, open_site: str) -> None:
    tab.goto(f"{open_site}/cypher")
    tab.locator("#cypher").fill("MATCH (m:Method {id: 'method:barnet'}) RETURN m")
    tab.get_by_role("button", name="Run").click()
    expect(tab.locator(".ag-cell").first).to_have_text("Method BarNet")
    look_at(tab, "cypher")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("MATCH (n) DETACH DELETE n", "would do more than read: DETACH"),
        ("CALL timeout=0", "begins with CALL"),
        ("MATCH (n RETURN n", "the query is wrong"),
        ("MATCH (n:Paper {id: 'none'}) RETURN n", "nothing in this graph matches"),
        ("MATCH (a), (b), (c), (d), (e) WHERE a.name + b.name < c.name + d.name + e.name RETURN count(*)", "was ended"),
    ],
)
def test_what_is_refused_or_ended_says_why(
    tab: Page, open_site: str, monkeypatch: pytest.MonkeyPatch, query: str, said: str
) -> None:
    monkeypatch.setattr(cypher, "LIMITS", cypher.Limits(seconds=1))
    tab.goto(f"{open_site}/cypher?q={quote(query)}")
    expect(tab.locator("main .notice")).to_contain_text(said, timeout=10_000)
    expect(tab.locator("#cypher")).to_have_value(query)


def test_rows_beyond_the_limit_are_cut_off(tab: Page, open_site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cypher, "LIMITS", cypher.Limits(rows=5))
    tab.goto(f"{open_site}/cypher?q={quote(TITLES)}")
    expect(tab.locator("h2", has_text="The first 5 rows")).to_be_visible()
    expect(tab.locator(".ag-center-cols-container .ag-row")).to_have_count(5)
