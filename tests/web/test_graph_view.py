"""The graph view in a real browser: expand, filter, evidence, addresses, files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import networkx
import pytest
from playwright.sync_api import Page, expect

from kg.graph import Graph
from kg.store import LadybugStore
from kg.web.neighbourhood import MOST, STEP
from tests.web.conftest import library_of, start

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


_LABELS = """() => {
    const cy = document.getElementById('net')._cyreg.cy, frame = cy.container().getBoundingClientRect();
    const said = cy.nodes().filter(node => Number(node.style('text-opacity')) > 0);
    const boxes = said.map(node => node.renderedBoundingBox({ includeNodes: false, includeEdges: false }));
    const bodies = cy.nodes().map(node => node.renderedBoundingBox({ includeLabels: false, includeEdges: false }));
    const meet = (a, b) => a.x1 < b.x2 - 1 && b.x1 < a.x2 - 1 && a.y1 < b.y2 - 1 && b.y1 < a.y2 - 1;
    return {
        said: said.length,
        small: said.filter(node => parseFloat(node.style('font-size')) * cy.zoom() < 11).length,
        cut: boxes.filter(box => box.x1 < 0 || box.y1 < 0 || box.x2 > frame.width || box.y2 > frame.height).length,
        centre: Number(cy.nodes('.centre').style('text-opacity')) === 1,
        meeting: bodies.filter((body, i) => bodies.some((other, j) => i < j && meet(body, other))).length,
        on: boxes.filter((box, i) => boxes.some((other, j) => i < j && meet(box, other))).length,
    };
}"""


@pytest.mark.parametrize("width", [390, 1600])
def test_names_in_the_drawing_never_lie_on_one_another(tab: Page, site: str, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"{site}{CENTRE}?more=Method:method:barnet&more=Method:method:barnet")
    expect(tab.locator("#shown")).to_contain_text("61 nodes")
    expect(tab.locator("#net canvas").first).to_be_attached()
    tab.wait_for_timeout(500)  # the names are arranged in the frame after the layout
    found = tab.evaluate(_LABELS)
    assert found["said"] > 1 and not found["on"] and not found["cut"] and not found["small"]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page over a hub with 400 neighbours, which know one another too."""
    path = tmp_path_factory.mktemp("crowd") / "graph.lbug"
    graph = Graph()
    proof = {"confidence": 0.9, "papers": ["p"], "sentences": ["It is."], "inferred": False}
    for i in range(401):
        name = f"Method {i} of Many"
        graph.nodes["Method", f"m{i}"] = {"id": f"m{i}", "name": name, "aliases": [name], "papers": 1 + i % 7}
        if i:
            graph.edges["BASED_ON", ("Method", f"m{i}"), ("Method", "m0")] = dict(proof)
            graph.edges["OUTPERFORMS", ("Method", f"m{i}"), ("Method", f"m{i // 2}")] = dict(proof)
    with LadybugStore(path) as store:
        store.write(graph)
    server = start(library_of(path))
    yield server.url
    server.stop()


def test_three_hundred_nodes_stay_readable_and_no_more_come(tab: Page, crowd: str) -> None:
    tab.goto(f"{crowd}/graph/Method/m0?{'&'.join(['more=Method:m0'] * 20)}")
    # Three hundred nodes are laid out in some seconds, of which a busy machine makes many.
    expect(tab.locator("#shown")).to_contain_text(f"{MOST} nodes", timeout=60_000)
    expect(tab.locator("#shown")).to_contain_text("101 more neighbours are not shown")
    expect(tab.locator("#net canvas").first).to_be_attached()
    tab.wait_for_timeout(1000)
    assert drawn(tab) == MOST
    found = tab.evaluate(_LABELS)
    assert found["said"] > 10 and not found["on"] and not found["cut"] and not found["small"]
    assert found["centre"] and found["meeting"] <= MOST // 10


def test_the_time_of_papers_filters_edges(view: Page) -> None:
    view.locator(".controls summary").click()
    view.locator("#since").fill("2025")
    view.locator("#since").press("Enter")
    expect(view).to_have_url(re.compile("since=2025"))
    expect(view.locator("#shown")).to_contain_text(re.compile("[1-9] nodes"))
    before = drawn(view, "edges")
    view.locator("#until").fill("2025-02")
    view.locator("#until").press("Enter")
    expect(view).to_have_url(re.compile("until=2025-02"))
    expect(view.locator("#shown")).not_to_contain_text(f"{before} edges")
    assert 0 < drawn(view, "edges") < before


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
