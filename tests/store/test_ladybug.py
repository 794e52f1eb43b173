import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg.store.ladybug
import kg.store.ladybug_copy
from kg.errors import InputError, KgError
from kg.graph import Graph, build_graph
from kg.graph.delta import Delta, difference
from kg.store.base import CorruptStoreError, OutdatedStoreError
from kg.store.ladybug import LadybugStore
from kg.store.ladybug_schema import ddl, schema_version
from kg.store.seal import seal
from tests.graph.samples import dapo_record, grpo_record, random_records
from tests.store.strategies import graphs, successors


@pytest.fixture(scope="module")
def graph() -> Graph:
    return build_graph([grpo_record(), dapo_record()])


@pytest.fixture
def written(tmp_path: Path, graph: Graph) -> Path:
    path = tmp_path / "graph.lbug"
    with LadybugStore(path) as store:
        store.write(graph)
    return path


def test_a_new_store_is_an_empty_graph(tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "new" / "graph.lbug") as store:
        assert store.counts() == {"nodes": {}, "edges": {}}
        assert store.read_graph() == Graph()


def test_what_was_written_is_read_back(written: Path, graph: Graph) -> None:
    with LadybugStore(written, read_only=True) as store:
        assert store.read_graph().canonical() == graph.canonical()
        assert store.counts() == graph.counts()
    assert [path.name for path in written.parent.iterdir()] == ["graph.lbug"]


def test_writing_again_replaces_the_graph(written: Path, graph: Graph) -> None:
    with LadybugStore(written) as store:
        store.write(graph)
        assert store.read_graph() == graph
        smaller = build_graph([dapo_record()])
        store.write(smaller)
        assert store.read_graph() == smaller


@pytest.mark.slow
@given(graphs())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives(tmp_path: Path, graph: Graph) -> None:
    with LadybugStore(tmp_path / "any 'quoted' path.lbug") as store:
        store.write(graph)
        assert store.read_graph().canonical() == graph.canonical()


@pytest.mark.slow
@given(st.integers(0, 1000))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_records_survive(tmp_path: Path, seed: int) -> None:
    graph = build_graph(random_records(seed))
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.write(graph)
        assert store.read_graph().canonical() == graph.canonical()


def test_rows_hold_plain_values(written: Path) -> None:
    with LadybugStore(written) as store:
        rows = store.run(
            "MATCH (d:Method)-[e:BASED_ON]->(g:Method) WHERE d.name = $name "
            "RETURN g, e, sum(g.papers) AS papers, null AS no",
            {"name": "DAPO"},
        )
    assert rows.columns == ["g", "e", "papers", "no"]
    (row,) = rows
    assert row["g"] == {
        "label": "Method", "id": "method:grpo", "name": "GRPO",
        "aliases": ["GRPO", "Group Relative Policy Optimization"], "papers": 2,
    }  # fmt: skip
    assert row["e"]["type"] == "BASED_ON" and row["e"]["papers"] == ["p2"]
    assert row["papers"] == 2 and type(row["papers"]) is int and row["no"] is None


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (:Task {id: 'x'})",
        "MATCH (n) SET n.name = 'x'",
        "MATCH (n) DETACH DELETE n",
        "COPY (MATCH (n:Task) RETURN n.id) TO 'out.csv'",
        "LOAD FROM '/etc/passwd' RETURN *",
        "MATCH (n) RETURN n; DROP TABLE Task",
        "RETURN 1 // \r ; load from 'x' return *",
        "MATCH (n) RETURN n /* '*/ SET /*' */",
        "RETURN '\\u0027",
        "",
    ],
)
def test_a_query_may_only_read(written: Path, graph: Graph, query: str) -> None:
    with LadybugStore(written) as store:
        with pytest.raises(InputError):
            store.run(query)
        assert store.read_graph() == graph


def test_words_in_texts_names_and_comments_are_no_clauses(written: Path) -> None:
    with LadybugStore(written) as store:
        rows = store.run("MATCH (n:Task) // SET it\nWHERE n.name <> 'DELETE; COPY' RETURN n.name AS `set`;")
    assert rows.rows == [["mathematical reasoning"]]


@pytest.mark.parametrize("query", ["MATCH (n:Nothing) RETURN n", "MATCH (n) RETURN n.nothing", "MATCH"])
def test_a_wrong_query_is_an_input_error(written: Path, query: str) -> None:
    with LadybugStore(written) as store, pytest.raises(InputError, match="the query is wrong"):
        store.run(query)


def test_a_parameter_that_is_not_given_is_named(written: Path) -> None:
    with LadybugStore(written) as store, pytest.raises(InputError, match="needs the parameters absent;"):
        store.run("MATCH (n) WHERE n.name = '$text' RETURN $absent AS x", {"other": 1})


def test_no_graph_to_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"graph.lbug: there is no graph; .*kg build"):
        LadybugStore(tmp_path / "graph.lbug", read_only=True)


def test_read_only_refuses_to_write(written: Path, graph: Graph) -> None:
    with LadybugStore(written, read_only=True) as store, pytest.raises(KgError, match="reading only"):
        store.write(graph)


@pytest.mark.parametrize("content", [b"", b"hello", b"hello" * 5000])
def test_a_file_that_is_no_graph_is_named_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(CorruptStoreError, match=r"notes.txt: .*no graph"):
        LadybugStore(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("where", [0.001, 0.3, 0.5, 0.9])
def test_a_damaged_file_is_named_and_never_half_read(written: Path, where: float) -> None:
    content = bytearray(written.read_bytes())
    content[int(len(content) * where)] ^= 1
    written.write_bytes(content)
    with pytest.raises(CorruptStoreError, match=r"graph.lbug: .*damaged"):
        LadybugStore(written)


def test_a_cut_file_is_named(written: Path) -> None:
    written.write_bytes(written.read_bytes()[: written.stat().st_size // 2])
    with pytest.raises(CorruptStoreError, match=r"graph.lbug: .*end is missing"):
        LadybugStore(written)


def test_another_schema_is_refused_with_the_cure(written: Path) -> None:
    with written.open("rb+") as file:
        file.truncate(written.stat().st_size - 4096)
    seal(written, "another")
    with pytest.raises(OutdatedStoreError, match=r"graph.lbug: .*another schema; build it again"):
        LadybugStore(written)


def test_another_version_of_the_database_is_refused_with_the_cure(written: Path) -> None:
    with written.open("rb+") as file:
        file.truncate(written.stat().st_size - 4096)
        file.seek(4)
        file.write(b"7")
    seal(written, schema_version())
    with pytest.raises(OutdatedStoreError, match=r"another version of Ladybug; build it again"):
        LadybugStore(written)


def test_a_failed_write_leaves_the_old_graph(written: Path, graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    with LadybugStore(written) as store:
        monkeypatch.setattr(kg.store.ladybug_copy, "ddl", lambda: [*ddl(), "NOT A STATEMENT"])
        with pytest.raises(KgError, match="cannot be written"):
            store.write(Graph())
        assert store.read_graph() == graph
    assert [path.name for path in written.parent.iterdir()] == ["graph.lbug"]


def test_a_graph_that_breaks_the_schema_is_refused(written: Path) -> None:
    wrong = Graph(nodes={("Task", "t"): {"id": "t", "name": "t", "colour": "red"}})
    with LadybugStore(written) as store, pytest.raises(KgError, match="colour"):
        store.write(wrong)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError, match="cannot be written"):
        LadybugStore(tmp_path / "file" / "graph.lbug")


def _read_often(path: str, sizes: list[int], times: int, queue) -> None:
    try:
        for _ in range(times):
            with LadybugStore(path, read_only=True) as store:
                assert len(store.read_graph().nodes) in sizes
        queue.put("read")
    except BaseException as error:
        queue.put(repr(error))


@pytest.mark.slow
def test_other_processes_read_while_one_writes(written: Path, graph: Graph) -> None:
    smaller = build_graph([dapo_record()])
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    sizes = [len(graph.nodes), len(smaller.nodes)]
    reader = context.Process(target=_read_often, args=(str(written), sizes, 8, queue))
    reader.start()
    with LadybugStore(written) as store:
        while reader.is_alive() and queue.empty():
            store.write(smaller)
            store.write(graph)
    assert queue.get(timeout=60) == "read"
    reader.join()


def test_an_open_reader_goes_on_with_the_graph_that_it_opened(written: Path, graph: Graph) -> None:
    with LadybugStore(written, read_only=True) as reader, LadybugStore(written) as writer:
        writer.write(Graph())
        assert reader.read_graph() == graph


def test_the_file_is_a_plain_ladybug_database(written: Path) -> None:
    copy = written.with_name("copy.lbug")
    shutil.copy(written, copy)
    program = (
        "import sys, ladybug; c = ladybug.Connection(ladybug.Database(sys.argv[1]));"
        "print(c.execute('MATCH (p:Paper) RETURN count(*)').get_next()[0])"
    )
    out = subprocess.run([sys.executable, "-c", program, str(copy)], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "2"


# Changes --------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(graphs().flatmap(lambda graph: st.tuples(st.just(graph), successors(graph))))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_difference_of_two_graphs_makes_the_one_of_the_other(tmp_path: Path, graphs: tuple[Graph, Graph]) -> None:
    before, after = graphs
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.write(before)
        store.change(difference(before, after))
        assert store.read_graph().canonical() == after.canonical()
        assert store.counts() == after.counts()
    with LadybugStore(tmp_path / "graph.lbug", read_only=True) as store:
        assert store.read_graph() == after


def test_a_change_that_does_not_fit_leaves_the_graph_as_it_was(written: Path, graph: Graph) -> None:
    papers = Graph(nodes={node: properties for node, properties in graph.nodes.items() if node[0] == "Paper"})
    with LadybugStore(written) as store:
        with pytest.raises(KgError, match="cannot be written"):
            store.change(Delta(removed=papers))
        assert store.read_graph() == graph
    assert [path.name for path in written.parent.iterdir()] == ["graph.lbug"]
    with LadybugStore(written, read_only=True) as store, pytest.raises(KgError, match="for reading only"):
        store.change(difference(graph, graph))


def test_any_number_of_different_queries_may_be_run(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.store.ladybug, "_BUFFERS", 192 << 20)
    with LadybugStore(written, read_only=True) as store:
        for count in range(80):
            cypher = f"MATCH (n) WHERE n.id <> $id OPTIONAL MATCH (n)-[]->(m) RETURN n.id AS n{count}, count(m) AS e"
            assert store.run(cypher, {"id": "method:grpo"}).rows
