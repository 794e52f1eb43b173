"""The server, spoken to by a real client of the protocol over standard input and output."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

pytest.importorskip("mcp", reason="needs the extra: mcp")

from mcp import ClientSession, StdioServerParameters, stdio_client

from kg.graph import Graph
from kg.store import LadybugStore

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graph_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    graph = Graph()
    evidence = {"confidence": 0.9, "papers": ["p1"], "sentences": ["GRPO is evaluated on MATH500."]}
    graph.nodes["Paper", "p1"] = {"id": "p1", "name": "Group Rewards", "title": "Group Rewards", "abstract": ""}
    graph.nodes["Method", "m1"] = {"id": "m1", "name": "GRPO", "aliases": ["GRPO", "Group Relative"], "papers": 1}
    graph.nodes["Benchmark", "b1"] = {"id": "b1", "name": "MATH500", "aliases": ["MATH-500"], "papers": 1}
    graph.edges["PROPOSES", ("Paper", "p1"), ("Method", "m1")] = evidence
    graph.edges["EVALUATED_ON", ("Method", "m1"), ("Benchmark", "b1")] = evidence
    path = tmp_path_factory.mktemp("mcp") / "graph.lbug"
    with LadybugStore(path) as store:
        store.write(graph)
    return path


def talk(graph_file: Path, work: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    """Starts the server as an assistant does and speaks with it."""

    async def run() -> Any:
        server = StdioServerParameters(command=sys.executable, args=["-m", "kg.mcp", str(graph_file)])
        async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await work(session)

    return anyio.run(run)


def call(graph_file: Path, tool: str, **arguments: Any) -> Any:
    return talk(graph_file, lambda session: session.call_tool(tool, arguments))


def content(result: Any) -> Any:
    return json.loads(result.content[0].text)


def test_every_tool_says_that_it_only_reads(graph_file: Path) -> None:
    tools = talk(graph_file, lambda session: session.list_tools()).tools
    assert {tool.name for tool in tools} == {"ask", "query", "entity", "schema"}
    assert all(tool.annotations.read_only_hint and not tool.annotations.destructive_hint for tool in tools)


def test_ask(graph_file: Path) -> None:
    answer = content(call(graph_file, "ask", question="which methods report on MATH-500?"))
    assert [row[0] for row in answer["rows"]] == ["GRPO"]
    assert "GRPO is evaluated on MATH500." in answer["rows"][0]
    assert "$name1" in answer["query"] and answer["parameters"] == {"name1": "b1"}


def test_query_reads_and_refuses_to_write(graph_file: Path) -> None:
    cypher = "MATCH (m:Method) WHERE m.name = $name RETURN m.id AS id"
    assert content(call(graph_file, "query", cypher=cypher, parameters={"name": "GRPO"}))["rows"] == [["m1"]]
    refused = call(graph_file, "query", cypher="MATCH (m:Method) DETACH DELETE m")
    assert refused.is_error and "DETACH" in refused.content[0].text
    assert content(call(graph_file, "schema"))["counts"]["nodes"]["Method"] == 1


def test_entity(graph_file: Path) -> None:
    found = call(graph_file, "entity", name="group relative")
    assert found.structured_content["result"] == [
        {
            "name": "GRPO",
            "type": "Method",
            "aliases": ["GRPO", "Group Relative"],
            "papers": 1,
            "proposed_in": ["Group Rewards"],
            "facts": {"evaluated on": ["MATH500"]},
        }
    ]
    unknown = call(graph_file, "entity", name="GRPX")
    assert unknown.is_error and "GRPO" in unknown.content[0].text


def test_a_graph_that_is_built_anew_is_seen(tmp_path: Path) -> None:
    def write(method: str) -> Path:
        graph = Graph()
        graph.nodes["Method", "m"] = {"id": "m", "name": method, "aliases": [method], "papers": 1}
        with LadybugStore(tmp_path / "graph.lbug") as store:
            store.write(graph)
        return store.path

    async def work(session: ClientSession) -> list[Any]:
        before = await session.call_tool("ask", {"question": "what is Alpha"})
        write("Omega")
        return [before, await session.call_tool("ask", {"question": "what is Omega"})]

    answers = talk(write("Alpha"), work)
    assert [content(answer)["rows"][0][0] for answer in answers] == ["Alpha", "Omega"]


def test_nothing_typed_gets_into_a_query(graph_file: Path) -> None:
    question = "which methods report on MATH500' OR 1=1 DETACH DELETE n //"
    assert "DELETE" not in content(call(graph_file, "ask", question=question))["query"]
    assert content(call(graph_file, "schema"))["counts"]["nodes"]["Method"] == 1


def test_schema(graph_file: Path) -> None:
    schema = content(call(graph_file, "schema"))
    assert schema["edges"]["EVALUATED_ON"]["joins"] == ["Method -> Benchmark", "Model -> Benchmark"]
    assert schema["labels"]["Result"]["number"] == "float"
