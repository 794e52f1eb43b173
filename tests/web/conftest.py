"""A page over a small graph, and a browser to look at it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import waitress
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kg import KnowledgeGraph
from kg.corpus import read_papers
from kg.store import LadybugStore
from kg.web import Library, make_app
from tests.command_line import annotated, write_lines

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--headless", "--no-sandbox",
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "web"
HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked=1'> & Co"


def papers() -> list[dict[str, Any]]:
    """Annotated papers: thirty variants of one method, so that it is a hub, and one whose title is a script."""
    found = [annotated(number) for number in range(1, 31)]
    hostile = annotated(31, title=HOSTILE)
    return [*found, hostile]


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a graph of those papers."""
    folder = tmp_path_factory.mktemp("web")
    dated = []
    for number, record in enumerate(read_papers([write_lines(folder / "annotated.jsonl", *papers())])):
        day = f"202{4 + number % 2}-{1 + number % 6:02}-01"
        dated.append({**record.model_dump(mode="json"), "published": day})
    with KnowledgeGraph(folder / "graph.lbug") as it:
        it.build([write_lines(folder / "papers.jsonl", *dated)])
    return folder / "graph.lbug"


def start(library: Library, **options: Any) -> SimpleNamespace:
    """A server of the page: its ``url``, and ``stop``."""
    app = make_app(library, **options)
    server = waitress.create_server(app.server, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def stop() -> None:
        server.close()
        for channel in list(server._map.values()):
            channel.close()

    return SimpleNamespace(url=f"http://127.0.0.1:{server.effective_port}", stop=stop)


def library_of(path: Path) -> Library:
    """The library of a graph file."""
    return Library(lambda: LadybugStore(path, read_only=True), lambda: path.stat().st_mtime_ns)


@pytest.fixture(scope="session")
def site(graph: Path) -> Iterator[str]:
    """The address of a page over the graph."""
    server = start(library_of(graph), hosts=frozenset({"127.0.0.1"}))
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; of a module, as its event loop would be in the way of other tests of the process."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs Chromium as {CHROMIUM}, or where CHROMIUM says (on Debian: apt-get install chromium)")
    expect.set_options(timeout=20_000)  # a busy machine is slow, and nothing here measures time
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab in which no script may fail and no other host may be asked; its last state is kept as a picture."""
    context = browser.new_context(viewport={"width": 1600, "height": 1000})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: faults.append(asked.url) if _is_foreign(asked.url) else None)
    yield page
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{request.node.name.replace('/', '_')}.png")
    context.close()
    assert not faults


def look_at(page: Page, name: str) -> None:
    """Looks at what a page shows on a phone and on a desk, in light and dark: is it accessible, does it fit?

    The pictures are kept. Only the colours differ between light and dark, so only contrast is looked at twice.
    """
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    for width in (1600, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in (("light", None), ("dark", {"runOnly": ["color-contrast"]})):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if page.locator(".canvas").count():
                page.reload()  # a canvas is drawn in the colours of its time
                expect(page.locator(".canvas canvas").first).to_be_attached()
            if page.locator(".grid").count():
                expect(page.locator(".ag-cell").first).to_be_visible()
            page.wait_for_timeout(250)  # names and columns find their places
            found = Axe().run(page, options=rules)
            page.screenshot(path=ARTEFACTS / f"{name}-{width}-{scheme}.png", full_page=width == 390)
            assert not found.response["violations"], found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def _is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:", "file:"))


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the installed program."""
    program = Path(sys.executable).with_name("kg")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
