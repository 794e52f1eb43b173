"""How fast the page is, in a real Chromium on loopback: first views from a cold cache, and every interaction.

``python bench/web.py GRAPH`` measures a graph's file; ``python bench/web.py --nodes 100000`` one that is made up.
A time runs from the navigation, the key or the press of the mouse until the frame that shows the outcome is painted.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.graph.graph import Graph
from kg.store import LadybugStore
from kg.web.address import href, of_node
from kg.web.reader import Reader
from kg.web.views.overview import evaluated, extended
from tests.web.conftest import CHROMIUM, FLAGS

# The page forbids to evaluate texts, so what is waited for is written into the scripts.
_FIRST = """window.first = new Promise(resolve => {
    const look = () => {
        if (!document.querySelector(SIGN)) return requestAnimationFrame(look);
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    };
    look();
})"""
_WATCH = """window.took = new Promise((resolve, reject) => addEventListener(KIND, event => {
    const look = () => {
        let there = false;
        try { there = DONE; } catch { /* what it looks at is not there yet */ }
        const time = performance.now() - event.timeStamp;
        if (!there) return time < 10000 ? requestAnimationFrame(look) : reject("this never came");
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - event.timeStamp)));
    };
    setTimeout(look);
}, { capture: true, once: true })); 0"""
_CY = "document.getElementById('net')._cyreg.cy"
_FREE_EDGE = f"""{_CY}.edges().filter(edge => {{
    const at = edge.renderedMidpoint(), room = 12;
    return !{_CY}.nodes().some(node => {{
        const box = node.renderedBoundingBox();
        return at.x > box.x1 - room && at.x < box.x2 + room && at.y > box.y1 - room && at.y < box.y2 + room;
    }});
}})[0]"""
_DRAWN = f"({_CY}.nodes().length > 1 && document.querySelector('#panel h2'))"


def made_up(nodes: int, path: Path) -> None:
    """A graph of methods, benchmarks, papers and their results; a few methods and benchmarks are hubs."""
    choose = random.Random(1)
    graph = Graph()
    parts = {"Method": (nodes * 2 // 5, "m"), "Paper": (nodes // 5, "p"), "Benchmark": (nodes // 10, "b")}
    ids = {label: [f"{letter}{i}" for i in range(n)] for label, (n, letter) in parts.items()}
    for label in ("Method", "Benchmark"):
        for i in ids[label]:
            graph.nodes[label, i] = {"id": i, "name": f"Name {i}", "aliases": [i, f"Name {i}"], "papers": 3}
    graph.nodes["Metric", "accuracy"] = {"id": "accuracy", "name": "accuracy", "aliases": ["accuracy"], "papers": 1}
    sentence = "Name m1 beats Name m2 and attains an accuracy of 81.2% on Name b1."
    for i in ids["Paper"]:
        graph.nodes["Paper", i] = {
            "id": i, "name": f"Paper {i}", "title": f"Paper {i}", "abstract": " ".join([sentence] * 12),
            "published": f"{2020 + choose.randrange(6)}-{1 + choose.randrange(12):02}-01",
        }  # fmt: skip

    def some(label: str) -> tuple[str, str]:
        return label, ids[label][int(len(ids[label]) * choose.random() ** 6)]

    def any_of(label: str) -> tuple[str, str]:
        return label, choose.choice(ids[label])

    for i in ids["Paper"]:
        paper = ("Paper", i)
        proof = {"confidence": 0.9, "papers": [i], "sentences": [sentence]}
        at = len(f"Paper {i}") + 1
        hub, benchmark = some("Method"), some("Benchmark")
        for method in {hub, any_of("Method"), any_of("Method")}:
            graph.edges["MENTIONS", paper, method] = {**proof, "starts": [at], "ends": [at + 7]}
            graph.edges["USES", paper, method] = dict(proof)
            graph.edges["EVALUATED_ON", method, benchmark] = {**proof, "inferred": False}
            if method != hub:
                graph.edges["BASED_ON", method, hub] = {**proof, "inferred": False}
        graph.edges["MENTIONS", paper, benchmark] = {**proof, "starts": [at + 58], "ends": [at + 65]}
        graph.edges["EVALUATES_ON", paper, benchmark] = dict(proof)
    while len(graph.nodes) < nodes:
        paper, result = any_of("Paper"), ("Result", f"r{len(graph.nodes)}")
        number = choose.randrange(1000) / 10
        graph.nodes[result] = {"id": result[1], "name": f"{number}%", "value": f"{number}%", "number": number,
                               "unit": "%", "kind": "absolute", "sentence": sentence, "confidence": 0.9}  # fmt: skip
        graph.edges["HAS_RESULT", paper, result] = {}
        graph.edges["OF", result, some("Method")] = {}
        graph.edges["ON", result, some("Benchmark")] = {}
        graph.edges["MEASURES", result, ("Metric", "accuracy")] = {}
    with LadybugStore(path) as store:
        store.write(graph)


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The address of the page as ``kg serve`` serves it."""
    program = [str(Path(sys.executable).with_name("kg")), "serve", "--graph", str(path), "--port", "0"]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        line = next(line for line in server.stderr if "http://" in line)
        try:
            yield re.search(r"http://\S+?(?=/)", line)[0]  # type: ignore[index]
        finally:
            server.kill()


class Watch:
    """Times what is done in a tab, by name."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.times: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def _timed(self, name: str, kind: str, done: str) -> Iterator[None]:
        self.page.evaluate(_WATCH.replace("KIND", repr(kind)).replace("DONE", done))
        yield
        try:
            self.times[name].append(self.page.evaluate("window.took"))
        except Error as error:
            raise SystemExit(f"{name}: {error.message} ({done})") from error

    def click(self, name: str, selector: str, done: str) -> None:
        """A click on the first element of a selector, until ``done`` holds."""
        place = self.page.locator(selector).first
        place.scroll_into_view_if_needed()
        with self._timed(name, "pointerdown", done):
            place.click()

    def press(self, name: str, key: str, done: str) -> None:
        """A key."""
        with self._timed(name, "keydown", done):
            self.page.keyboard.press(key)

    def tap(self, name: str, element: str, done: str) -> None:
        """A press of the mouse where Cytoscape draws an element."""
        spot = self.page.evaluate(
            f"""() => {{ const cy = {_CY}, it = {element}; if (!it || !it.length) return null;
            const box = cy.container().getBoundingClientRect();
            const at = it.isNode() ? it.renderedPosition() : it.renderedMidpoint();
            return [box.x + at.x, box.y + at.y]; }}"""
        )
        if spot is None:
            return
        with self._timed(name, "pointerdown", done):
            self.page.mouse.click(*spot)


def first_views(browser: Browser, url: str, repeats: int) -> dict[str, list[float]]:
    """Times of views in a browser that has never seen the page."""
    signs = {"/": ".tally", "/ask": "#question", "/leaderboard": ".bars"}
    found = defaultdict(list)
    for _ in range(repeats):
        for address, sign in signs.items():
            context = browser.new_context(viewport={"width": 1600, "height": 1000})
            page = context.new_page()
            page.add_init_script(_FIRST.replace("SIGN", repr(sign)))
            page.goto(url + address, wait_until="commit")
            found[f"first view of {address}"].append(page.evaluate("window.first"))
            context.close()
    return found


def interactions(page: Page, url: str, reader: Reader, repeats: int) -> dict[str, list[float]]:
    """Times of what a person does, on the most connected names, which are the slowest."""
    watch = Watch(page)
    methods, benchmarks = extended(reader, repeats), evaluated(reader, repeats)
    heading = "document.querySelector('#heading')?.textContent"
    page.goto(url)
    page.locator(".tally").wait_for()
    page.wait_for_timeout(2000)  # a person reads before the first click
    for label, identifier, name, _ in methods:
        page.locator("#search").fill("")
        page.locator("#search").focus()
        for key in name[:3].lower():
            watch.press("a letter of a name", key, "document.querySelector('#completions li')")
        page.locator("#search").fill(name)
        watch.press("search", "Enter", "document.querySelector('main .found li')")
        page.goto(url + href("search", q=name))
        link = f'main a[href="{of_node(label, identifier)}"]'
        page.locator(link).first.wait_for()
        watch.click("open an entity", link, "document.querySelector('main .papers')")
        watch.click("open a paper", ".papers a", "document.querySelector('.abstract, main .none')")
        page.go_back()
        page.locator(".papers").wait_for()
        watch.click("show in the graph", "text=Show in the graph", _DRAWN)
        _graph(page, watch)
        watch.click("back to the overview", "nav >> text=Overview", "document.querySelector('.tally')")
        watch.click("ask, the empty view", "nav >> text=Ask", "document.querySelector('#question')")
        page.locator("#question").fill(f"what is based on {name}")
        watch.press(
            "ask a question", "Enter", "document.querySelector('.ag-cell') && document.querySelector('.quotes')"
        )
    for identifier, name, _ in benchmarks:
        page.goto(url + of_node("Benchmark", identifier))
        page.locator(".papers").wait_for()
        watch.click("open a leaderboard", "text=Leaderboard >> nth=-1", f"{heading}.startsWith({name!r})"
                    " && document.querySelector('.ag-cell, main .none')")  # fmt: skip
        page.wait_for_timeout(300)
        if not page.locator(".ag-cell").count():
            continue
        watch.click("sort a table", ".ag-header-cell >> nth=1", "document.querySelector('[aria-sort=ascending]')")
        page.evaluate("document.querySelector('.evidence').textContent = ''")
        watch.click("a row's sentence", ".ag-row .ag-cell", "document.querySelector('.evidence blockquote')")
    return watch.times


def _graph(page: Page, watch: Watch) -> None:
    page.wait_for_timeout(300)
    count = page.evaluate(f"{_CY}.nodes().length")
    if page.locator("#more").count():
        watch.click("more neighbours", "#more", f"{_CY}.nodes().length > {count}")
        page.wait_for_timeout(300)
    chosen = f"{_CY}.nodes().filter(n => !n.hasClass('centre')).max(n => n.degree()).ele"
    watch.tap("expand a node", chosen, f"{_CY}.nodes('.chosen').length && !{_CY}.nodes('.centre.chosen').length")
    page.wait_for_timeout(300)
    watch.tap("evidence of an edge", _FREE_EDGE, "document.querySelector('#panel blockquote')")
    papers, first = f"{_CY}.nodes('.paper').length", "#types a >> nth=0"
    if page.evaluate(papers):
        watch.click("hide a type", first, f"!{papers} && document.querySelector('#types .off')")
        watch.click("show a type", first, f"{papers} && !document.querySelector('#types .off')")
    if not page.locator(".controls details[open]").count():
        page.locator(".controls summary").click()
    watch.click("least confidence", "text='75 %'", "document.querySelector('#filters .on:not([title])') "
                "&& [...document.querySelectorAll('#filters .on')].some(e => e.textContent === '75 %')")  # fmt: skip
    watch.click("another layout", "text=Rings",
                "[...document.querySelectorAll('#filters .on')].some(e => e.textContent === 'Rings')")  # fmt: skip


def told(times: dict[str, list[float]]) -> None:
    """Prints a line for each kind and one for all of them."""
    for name, found in times.items():
        print(f"{name:28} {len(found):4}   median {statistics.median(found):6.0f} ms   95 % {_late(found):6.0f} ms")


def _late(found: list[float]) -> float:
    return sorted(found)[round(0.95 * (len(found) - 1))]


def measure(path: Path, repeats: int) -> None:
    with LadybugStore(path, read_only=True) as store, served(path) as url, sync_playwright() as tool:
        reader = Reader(store)
        print(f"{sum(reader.counts['nodes'].values()):,} nodes, {sum(reader.counts['edges'].values()):,} edges")
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        told(first_views(browser, url, repeats))
        context = browser.new_context(viewport={"width": 1600, "height": 1000})
        times = interactions(context.new_page(), url, reader, repeats)
        told(times)
        told({"every interaction": [time for found in times.values() for time in found]})
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graph", nargs="?", type=Path)
    parser.add_argument("--nodes", type=int)
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.graph
        if path is None:
            path = Path(folder) / "graph.lbug"
            made_up(options.nodes or 10_000, path)
        measure(path, options.repeats)
