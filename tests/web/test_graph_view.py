"""The graph view in a real browser: expand, filter, evidence, addresses, files."""

from __future__ import annotations

import re
from pathlib import Path

import networkx
import pytest
from playwright.sync_api import Page, expect

from kg.web.neighbourhood import MOST, STEP

pytestmark = pytest.mark.slow

CENTRE = "/graph/Method/method:barnet"


def drawn(tab: Page, what: str = "nodes") -> int:
    count: int = tab.evaluate(f"document.getElementById('net')._cyreg.cy.{what}().length")
    return count


def tap(tab: Page, identifier: str) -> None:
    tab.evaluate("id => { document.getElementById('net')._cyreg.cy.getElementById(id).emit('tap'); }", identifier)


@pytest.fixture
def view(tab: Page, site: str) -> Page:
    tab.goto(site + CENTRE)
    expect(tab.locator("#shown")).to_contain_text("nodes")
    return tab


def test_a_hub_shows_its_first_neighbours_and_more_on_demand(view: Page) -> None:
    expect(view.locator("#shown")).to_contain_text(f"{STEP + 1} nodes")
    view.locator("#more").click()
    expect(view.locator("#shown")).to_contain_text(f"{2 * STEP + 1} nodes")
    assert drawn(view) == 2 * STEP + 1 <= MOST


def test_a_click_expands_a_node_and_the_address_keeps_it(view: Page) -> None:
    tap(view, "Method:method:foo1net")
    expect(view).to_have_url(re.compile(r"open=Method%3Amethod%3Afoo1net"))
    expect(view.locator("#panel h2")).to_have_text("Foo1Net")
    expect(view.locator("#shown")).not_to_contain_text(f"{STEP + 1} nodes")
    said = view.locator("#shown").inner_text()
    view.reload()
    expect(view.locator("#shown")).to_have_text(said)


def test_an_edge_shows_its_sentences(view: Page) -> None:
    tap(view, "OUTPERFORMS~Method:method:foo1net~Method:method:barnet")
    expect(view.locator("#panel blockquote")).to_contain_text("beats BarNet")
    expect(view.locator("#panel .mark", has_text="BarNet")).to_be_visible()
    expect(view).to_have_url(re.compile(r"edge=OUTPERFORMS"))


def test_filters_by_type_edge_confidence_and_back(view: Page) -> None:
    view.locator("#types a", has_text="Method").click()
    expect(view).to_have_url(re.compile("hide=Method"))
    expect(view.locator("#types a", has_text="Method")).to_have_class(re.compile("off"))
    expect(view.locator("#panel .chip")).to_have_text("Method")
    assert view.evaluate("document.getElementById('net')._cyreg.cy.nodes('.method').length") == 1  # the centre
    view.go_back()
    expect(view.locator("#types a", has_text="Method")).to_have_class(re.compile("on"))
    view.locator(".controls summary").click()
    view.locator("#filters a", has_text="outperforms").click()
    expect(view).to_have_url(re.compile("edges="))
    expect(view.locator("#filters a", has_text="outperforms")).to_have_class(re.compile("off"))
    view.locator("#filters a", has_text="90 %").click()
    expect(view).to_have_url(re.compile("confidence=0.9"))


def test_the_list_reaches_what_the_drawing_does(view: Page) -> None:
    view.locator(".list summary").click()
    view.locator(".list a", has_text="Foo1Net outperforms BarNet").first.click()
    expect(view.locator("#panel blockquote")).to_contain_text("beats BarNet")


def test_what_is_seen_is_saved(view: Page, tmp_path: Path) -> None:
    expect(view.locator("#graphml")).to_have_attribute("href", re.compile("/save/graph.graphml/Method"))
    with view.expect_download() as saved:
        view.locator("#graphml").click()
    network = networkx.read_graphml(saved.value.path())
    assert network.number_of_nodes() == drawn(view)
    with view.expect_download() as saved:
        view.locator("#csv").click()
    lines = Path(saved.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == drawn(view, "edges") + 1 and "beats BarNet" in lines[1] + lines[-1]
    with view.expect_download() as saved:
        view.locator("#png").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")
