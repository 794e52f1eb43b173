"""Speed of the extraction: abstracts a second, end to end and by component.

usage: python bench/extract.py [PAPERS …] [--most N] [--torch] [--rounds N]

First in this one process, whose threads share the processors; then in one process a processor, as `kg build` reads,
once they run. Printed beside it: a blank spaCy pipeline (the limit that any pipeline has) and, with --torch (needs the
extra `train`), the same network in torch float32 on padded batches of like length, as is usual. Without PAPERS,
the sample that ships is read, over and over. All take turns, several rounds of them, as a machine is not equally fast
at all times; printed are the medians, and of the ratios within a round the lowest and the highest too.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource as usage
import time
from collections.abc import Callable, Iterable
from statistics import median

import spacy

from kg.corpus import read_papers
from kg.extract import extract, load_pipeline
from kg.extract.parallel import extract_in_processes
from kg.extract.pipeline import make_doc
from kg.resources import resource
from kg.schema import Paper


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("papers", nargs="*")
    parser.add_argument("--most", type=int, default=200, help="how many papers to read at most (default 200)")
    parser.add_argument("--torch", action="store_true", help="run the network in torch float32 too")
    parser.add_argument("--rounds", type=int, default=3, help="how often each takes its turn (default 3)")
    options = parser.parse_args()
    source = read_papers(options.papers or [resource("sample")])
    papers = [Paper(**p.model_dump(include=set(Paper.model_fields))) for p in itertools.islice(source, options.most)]
    if not options.papers:
        papers = list(itertools.islice(itertools.cycle(papers), options.most))

    began = time.perf_counter()
    nlp = load_pipeline()
    processors = len(os.sched_getaffinity(0))
    print(f"{len(papers)} papers, {processors} processors; loading took {since(began):.2f} s")
    list(extract(papers[:8], nlp))
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    pipeline, processes, others = "pipeline", f"pipeline in {processors} processes", ["blank spaCy pipeline"]
    turns: dict[str, Callable[[], float]] = {
        pipeline: lambda: rate(len(papers), extract(papers, nlp)),
        processes: lambda: in_processes(papers, processors),
        others[0]: lambda: rate(len(papers), blank.pipe(p.text for p in papers)),
    }
    if options.torch:
        others.append("network in torch float32")
        turns[others[1]] = in_torch(papers)
    rates: dict[str, list[float]] = {name: [] for name in turns}
    parts: dict[str, list[float]] = {}
    for _ in range(options.rounds):
        for name, turn in turns.items():
            rates[name].append(turn())
        for name, seconds in by_component(nlp, papers).items():
            parts.setdefault(name, []).append(seconds)

    for name, found in rates.items():
        print(f"{name:34}{median(found):10.1f} papers/s")
    for name, spent in parts.items():
        share = median([s / encoder for s, encoder in zip(spent, parts["kg_encoder"], strict=True)])
        print(f"  {name:32}{1000 * median(spent) / len(papers):10.2f} ms a paper, {share:.2f} of the encoder's time")
    rates["encoder"] = [len(papers) / spent for spent in parts["kg_encoder"]]
    for other in others:
        for name in ("encoder", pipeline, processes):
            ratios = sorted(ours / theirs for ours, theirs in zip(rates[name], rates[other], strict=True))
            print(f"{name + ' : ' + other:52}{median(ratios):7.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})")
    peak = usage.getrusage(usage.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process{'' if not options.torch else ', torch included'}: {peak:.0f} MiB")


def since(began: float) -> float:
    return time.perf_counter() - began


def rate(papers: int, work: Iterable[object]) -> float:
    """Papers a second."""
    began = time.perf_counter()
    for _ in work:
        pass
    return papers / since(began)


def in_processes(papers: list[Paper], processes: int) -> float:
    """The rate of one process a processor, once all of them run."""
    read = itertools.islice(itertools.cycle(papers), 600)
    times = [time.perf_counter() for _ in extract_in_processes(read, None, processes)][100:]
    return (len(times) - 1) / (times[-1] - times[0])


def by_component(nlp: spacy.Language, papers: list[Paper]) -> dict[str, float]:
    """The seconds of each component, one after another over all documents."""
    began = time.perf_counter()
    docs = [make_doc(nlp, paper) for paper in papers]
    seconds = {"tokenizer": since(began)}
    for name, component in nlp.pipeline:
        began = time.perf_counter()
        docs = list(component.pipe(docs)) if hasattr(component, "pipe") else [component(doc) for doc in docs]
        seconds[name] = since(began)
    return seconds


def in_torch(papers: list[Paper]) -> Callable[[], float]:
    """A call that lets torch read the papers and gives its rate."""
    import torch

    from kg.extract.encode import Vocabulary
    from kg.train import Recipe
    from kg.train.base import base_folder
    from kg.train.data import SpanText, make_span_example
    from kg.train.model import Model

    base = Recipe.read().base
    vocabulary = Vocabulary.read(base_folder(base) / "tokenizer.json")
    texts = [SpanText(p.text, len(p.title), frozenset()) for p in papers]
    model = Model(base=base).eval()
    torch.set_num_threads(len(os.sched_getaffinity(0)))

    @torch.inference_mode()
    def run() -> Iterable[object]:
        examples = [make_span_example(t, i, vocabulary, lambda w: [0] * len(w), ()) for i, t in enumerate(texts)]
        examples.sort(key=lambda e: len(e.encoded.windows[0].pieces))
        for i in range(0, len(examples), 8):
            vectors, lexicon, _ = model.words(examples[i : i + 8])
            yield model.tagger(vectors, lexicon, torch.ones(lexicon.shape))

    return lambda: rate(len(papers), run())


if __name__ == "__main__":
    main()
