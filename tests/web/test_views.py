"""Every view, in a real browser: what it shows, that it is accessible, and that it fits a phone and a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kg.corpus import paper_id
from tests.web.conftest import HOSTILE, look_at

pytestmark = pytest.mark.slow

BARNET, MATH = "method:barnet", "benchmark:math500"
VIEWS = {
    "overview": "/",
    "search": "/search?q=net",
    "nothing": "/search?q=zzzqqq",
    "ask": "/ask?q=what+outperforms+BarNet",
    "graph": f"/graph/Method/{BARNET}",
    "start": "/graph",
    "entity": f"/entity/Method/{BARNET}",
    "paper": f"/paper/{paper_id('Foo1Net: Reasoning That Works')}",
    "leaderboard": f"/leaderboard/{MATH}",
    "leaderboards": "/leaderboard",
    "unknown": "/nowhere/at/all",
    "missing": "/entity/Method/none",
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_accessible_and_fits(tab: Page, site: str, view: str) -> None:
    tab.goto(site + VIEWS[view])
    expect(tab.locator("#heading")).to_be_visible()
    look_at(tab, view)


def test_completion_leads_to_an_entity_by_keyboard(tab: Page, site: str) -> None:
    tab.goto(site)
    expect(tab.locator("h1")).to_be_visible()
    tab.keyboard.press("/")
    tab.keyboard.type("barn")
    expect(tab.locator("#completions a").first).to_contain_text("BarNet")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("BarNet")
    expect(tab).to_have_title("BarNet · paperkg")


def test_a_completion_that_is_drawn_anew_keeps_the_focus(tab: Page, site: str) -> None:
    tab.goto(site)
    expect(tab.locator("h1")).to_be_visible()
    tab.locator("#search").press_sequentially("bar")
    link = tab.locator("#completions a", has_text="BarNet")
    expect(link).to_be_visible()
    link.evaluate("link => { link.dataset.old = true; link.focus(); }")
    tab.evaluate(SAY_ANEW, "barn")
    expect(tab.locator("#completions a[data-old]")).to_have_count(0)
    expect(link).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("BarNet")


SAY_ANEW = """text => {
  const field = document.getElementById("search");
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
"""Gives the field other text while the focus is elsewhere, as an answer that is late does."""


def test_an_alias_is_found(tab: Page, site: str) -> None:
    tab.goto(f"{site}/search?q=MATH-500")
    expect(tab.locator("main .found a").first).to_contain_text("MATH500")


def test_a_question_leads_to_its_evidence(tab: Page, site: str) -> None:
    tab.goto(f"{site}/ask")
    tab.locator("#question").fill("what outperforms BarNet")
    tab.locator("#question").press("Enter")
    expect(tab.locator(".ag-row").first).to_be_visible()
    expect(tab.locator(".quotes blockquote").first).to_contain_text("beats BarNet")
    expect(tab.locator(".quotes .mark.method", has_text="BarNet").first).to_be_visible()
    expect(tab.locator("details code")).to_contain_text("MATCH")
    tab.locator(".quotes .cite a").first.click()
    expect(tab.locator(".abstract .mark.benchmark").first).to_have_text("MATH-500")
    tab.go_back()
    expect(tab).to_have_url(f"{site}/ask?q=what+outperforms+BarNet")


def test_an_answer_is_saved_as_csv(tab: Page, site: str) -> None:
    tab.goto(f"{site}/ask?q=what+outperforms+BarNet")
    expect(tab.locator(".ag-row").first).to_be_visible()
    with tab.expect_download() as saved:
        tab.get_by_text("Save as CSV").click()
    assert "Foo1Net" in Path(saved.value.path()).read_text(encoding="utf-8-sig")


def test_a_number_of_a_leaderboard_has_its_sentence(tab: Page, site: str) -> None:
    tab.goto(f"{site}/leaderboard/{MATH}")
    best = tab.locator(".bars li").first
    expect(best).to_contain_text("81.5%")
    tab.locator(".ag-row", has_text="Foo29Net").locator(".ag-cell").first.click()
    expect(tab.locator(".evidence blockquote")).to_contain_text("Foo29Net reaches 79.5%")
    tab.locator(".ag-header-cell", has_text="Value").click()
    expect(tab.locator(".ag-row[row-index='0']")).to_contain_text("51.5%")


def test_a_title_with_a_script_is_text(tab: Page, site: str) -> None:
    for address in (
        f"/paper/{paper_id(HOSTILE)}",
        "/search?q=script",
        f"/graph/Paper/{paper_id(HOSTILE)}",
        "/ask?q=what+outperforms+BarNet",
    ):
        tab.goto(site + address)
        expect(tab.locator("#heading")).to_be_visible()
        tab.wait_for_load_state("networkidle")
        assert tab.evaluate("window.hacked") is None
    tab.goto(f"{site}/paper/{paper_id(HOSTILE)}")
    expect(tab.locator("h1")).to_have_text(HOSTILE)
