"""Bad states say what to do; the server answers only to its own name; files for colleagues open by themselves."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from kg import KnowledgeGraph
from kg.errors import KgError
from kg.graph.graph import Graph
from kg.store import LadybugStore
from kg.web import Library
from tests.web.conftest import command, library_of, look_at, start

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def one_file(graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("view") / "graph.html"
    done = command("view", "barnet", "-o", str(path), "--graph", str(graph))
    assert done.returncode == 0, done.stderr
    return path


def test_an_empty_graph_says_how_to_build_one(tab: Page, tmp_path: Path) -> None:
    LadybugStore(tmp_path / "empty.lbug").close()
    server = start(library_of(tmp_path / "empty.lbug"))
    for address in ("/", "/ask", "/leaderboard"):
        tab.goto(server.url + address)
        expect(tab.locator("h1")).to_have_text("This graph is empty")
        expect(tab.locator("main")).to_contain_text("kg build")
    server.stop()


def test_a_graph_that_is_built_anew_is_shown(tab: Page, tmp_path: Path) -> None:
    path = tmp_path / "graph.lbug"
    LadybugStore(path).close()
    server = start(library_of(path))
    tab.goto(server.url)
    expect(tab.locator("h1")).to_have_text("This graph is empty")
    paper: dict[str, Any] = {"id": "p", "name": "A Paper", "title": "A Paper", "abstract": ""}
    with LadybugStore(path) as store:
        store.write(Graph(nodes={("Paper", "p"): paper}))
    tab.reload()
    expect(tab.locator("h1")).to_have_text("1 paper, read into a graph")
    server.stop()


def test_a_store_that_fails_is_a_state(tab: Page) -> None:
    def gone() -> Any:
        raise KgError("bolt://localhost:1: the server does not answer")

    server = start(Library(gone))
    tab.goto(server.url)
    expect(tab.locator("h1")).to_have_text("The graph cannot be read")
    expect(tab.locator("main")).to_contain_text("the server does not answer")
    server.stop()


def test_a_slow_view_is_spoken_of_and_ended(tab: Page, graph: Path) -> None:
    class Slow(LadybugStore):
        def run(self, *arguments: Any) -> Any:
            time.sleep(3)
            return super().run(*arguments)

    server = start(Library(lambda: Slow(graph, read_only=True)), time_limit=2)
    tab.goto(server.url)
    expect(tab.locator("#state")).to_contain_text("Still working")
    expect(tab.locator("h1")).to_have_text("This takes too long", timeout=10_000)
    server.stop()


def test_a_server_that_is_gone_is_spoken_of(tab: Page, graph: Path) -> None:
    server = start(library_of(graph))
    tab.goto(server.url)
    expect(tab.locator("h1")).to_be_visible()
    server.stop()
    tab.get_by_role("link", name="Ask", exact=True).click()
    expect(tab.locator("#state")).to_contain_text("The server does not answer")


def test_the_server_answers_to_its_own_name_alone(site: str) -> None:
    assert requests.get(site, timeout=20).status_code == 200
    assert requests.get(site, headers={"Host": "evil.example"}, timeout=20).status_code == 403
    assert "script-src 'self'" in requests.get(site, timeout=20).headers["Content-Security-Policy"]


def test_no_address_takes_a_query(site: str) -> None:
    answer = requests.get(f"{site}/save/graph.csv/Method%60)%20DETACH%20DELETE%20n/x", timeout=20)
    assert answer.status_code == 404
    assert requests.post(f"{site}/save/graph.csv/Method/x", timeout=20).status_code == 405


def test_a_neighbourhood_is_one_file_that_needs_no_network(tab: Page, one_file: Path) -> None:
    tab.context.set_offline(True)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(one_file.as_uri())
    cy = "document.getElementById('cytoscape')._cyreg.cy"
    expect(tab.locator("#cytoscape canvas").first).to_be_attached()
    assert tab.evaluate(f"{cy}.nodes().length") == 41
    tab.evaluate(f"{cy}.edges('[kind = \"outperforms\"]')[0].emit('tap'), 0")
    expect(tab.locator("#panel blockquote")).to_contain_text("beats BarNet")
    expect(tab.locator("#panel mark.method", has_text="BarNet")).to_be_visible()
    expect(tab.locator("#panel mark.benchmark", has_text="MATH-500")).to_be_visible()
    tab.get_by_text("As a list").click()
    tab.locator("#list button", has_text="Foo2Net outperforms BarNet").click()
    expect(tab.locator("#panel h2")).to_have_text("Foo2Net outperforms BarNet")
    look_at(tab, "one-file")
    assert tab.evaluate("window.hacked") is None
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)


def test_an_unknown_name_is_told_with_the_nearest(graph: Path, tmp_path: Path) -> None:
    done = command("view", "BarNett", "-o", str(tmp_path / "graph.html"), "--graph", str(graph))
    assert done.returncode == 2 and "BarNet" in done.stderr
    assert not (tmp_path / "graph.html").exists()


def test_charts_are_written_the_same_each_time(graph: Path, tmp_path: Path) -> None:
    done = command("plot", "-o", str(tmp_path / "a.svg"), "--graph", str(graph))
    assert done.returncode == 0, done.stderr
    with KnowledgeGraph(graph) as it:
        it.plot(tmp_path / "b.svg")
        it.plot(tmp_path / "c.png")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"MATH500" in (tmp_path / "a.svg").read_bytes()
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
