"""The page over a real Neo4j server: what it shows, and what it says when the server is slow or gone."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import neo4j
import pytest
from playwright.sync_api import Page, expect

from kg.store import LadybugStore, Neo4jStore
from kg.web import Library
from tests.neo4j_server import Neo4jServer
from tests.web.conftest import start

pytestmark = [pytest.mark.slow, pytest.mark.neo4j]


@pytest.fixture(scope="module")
def server(running_neo4j: Neo4jServer, graph: Path) -> Neo4jServer:
    """The server with the graph."""
    running_neo4j.empty()
    with LadybugStore(graph, read_only=True) as store, opened(running_neo4j) as target:
        target.write(store.read_graph())
    return running_neo4j


def opened(server: Neo4jServer) -> Neo4jStore:
    return Neo4jStore(server.uri, server.user, server.password)


@contextmanager
def served(server: Neo4jServer) -> Iterator[str]:
    """The address of what ``kg serve --to`` serves."""
    program = [Path(sys.executable).with_name("kg"), "serve", "--to", server.uri, "--port", "0", "--allow-cypher"]
    environment = {"NEO4J_PASSWORD": server.password, "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        try:
            line = next(line for line in process.stderr if "http://" in line)
            found = re.search(r"http://\S+(?=/)", line)
            assert found
            yield found[0]
        finally:
            process.kill()


def test_it_shows_the_same_as_over_a_file(tab: Page, server: Neo4jServer) -> None:
    with served(server) as url:
        tab.goto(url)
        expect(tab.locator("h1")).to_have_text("31 papers, read into a graph")
        tab.goto(f"{url}/ask?q=what+outperforms+BarNet")
        expect(tab.locator(".ag-row").first).to_be_visible()
        expect(tab.locator(".quotes blockquote").first).to_contain_text("beats BarNet")
        tab.goto(f"{url}/graph/Method/method:barnet")
        expect(tab.locator("#shown")).to_contain_text("21 nodes")
        tab.locator("#more").click()
        expect(tab.locator("#shown")).to_contain_text("41 nodes")
        tab.goto(f"{url}/cypher?q=MATCH+(p:Paper)+RETURN+count(p)+AS+papers")
        expect(tab.locator(".ag-cell").first).to_have_text("31")


def test_a_query_that_others_hold_up_is_spoken_of(tab: Page, server: Neo4jServer) -> None:
    class Slow(Neo4jStore):
        def _read(self, cypher, parameters=None):  # type: ignore[no-untyped-def]
            wait = "UNWIND range(1, 30000) AS a UNWIND range(1, 30000) AS b WITH count(*) AS n "
            return super()._read(wait + "RETURN n" if "EVALUATES_ON" in cypher else cypher, parameters)

    with Slow(server.uri, server.user, server.password) as store:
        site = start(Library(lambda: store), time_limit=2)
        tab.goto(site.url)
        expect(tab.locator("#state")).to_contain_text("Still working")
        expect(tab.locator("h1")).to_have_text("This takes too long", timeout=10_000)
        site.stop()
        with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
            for record in driver.execute_query("SHOW TRANSACTIONS YIELD transactionId, currentQuery").records:
                if "range(1, 30000)" in record["currentQuery"] and "SHOW" not in record["currentQuery"]:
                    driver.execute_query(f"TERMINATE TRANSACTIONS '{record['transactionId']}'")


def test_a_server_that_goes_away_is_a_state_until_it_is_back(tab: Page, server: Neo4jServer) -> None:
    with served(server) as url:
        tab.goto(url)
        expect(tab.locator(".tally")).to_be_visible()
        server.stop()
        try:
            tab.get_by_role("link", name="Leaderboards", exact=True).click()
            expect(tab.locator("h1")).to_have_text("The graph cannot be read", timeout=60_000)
            expect(tab.locator("main")).to_contain_text("start the server")
        finally:
            server.start()
        tab.reload()
        expect(tab.locator("h1")).to_have_text("Leaderboards", timeout=60_000)
