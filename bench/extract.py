"""Speed of the extraction: abstracts a second, end to end and by component.

usage: python bench/extract.py [PAPERS …] [--most N] [--torch]

First in this one process, whose threads share the processors; then in one process a processor, as `kg build` reads,
once they run. Printed beside it: a blank spaCy pipeline (the limit that any pipeline has) and, with --torch (needs the
extra `train`), the same network in torch float32 on padded batches of like length, as is usual. Without PAPERS,
the sample that ships is read, over and over.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource as usage
import time
from collections.abc import Callable, Iterable

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
    options = parser.parse_args()
    source = read_papers(options.papers or [resource("sample")])
    papers = [Paper(**p.model_dump(include=set(Paper.model_fields))) for p in itertools.islice(source, options.most)]
    if not options.papers:
        papers = list(itertools.islice(itertools.cycle(papers), options.most))

    began = time.perf_counter()
    nlp = load_pipeline()
    print(f"{len(papers)} papers, {len(os.sched_getaffinity(0))} processors; loading took {since(began):.2f} s")
    list(extract(papers[:8], nlp))
    ours = rate("pipeline, end to end", papers, lambda: extract(papers, nlp))
    encoder = by_component(nlp, papers)
    together = in_processes(papers)
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    limit = rate("blank spaCy pipeline", papers, lambda: blank.pipe(p.text for p in papers))
    print(f"{'pipeline : blank spaCy':34}{ours / limit:10.4f}")
    if options.torch:
        theirs = in_torch(papers)
        print(f"{'encoder : torch float32':34}{encoder / theirs:10.2f}")
        print(f"{'pipeline : torch float32':34}{ours / theirs:10.2f}")
        print(f"{'processes : torch float32':34}{together / theirs:10.2f}")
    peak = usage.getrusage(usage.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process{'' if not options.torch else ', torch included'}: {peak:.0f} MiB")


def since(began: float) -> float:
    return time.perf_counter() - began


def rate(what: str, papers: list[Paper], work: Callable[[], Iterable[object]]) -> float:
    began = time.perf_counter()
    for _ in work():
        pass
    each = len(papers) / since(began)
    print(f"{what:34}{each:10.1f} papers/s")
    return each


def in_processes(papers: list[Paper]) -> float:
    """The rate of one process a processor, once all of them run."""
    processes = len(os.sched_getaffinity(0))
    read = itertools.islice(itertools.cycle(papers), 600)
    times = [time.perf_counter() for _ in extract_in_processes(read, None, processes)][100:]
    each = (len(times) - 1) / (times[-1] - times[0])
    print(f"{f'pipeline, {processes} processes':34}{each:10.1f} papers/s")
    return each


def by_component(nlp: spacy.Language, papers: list[Paper]) -> float:
    """Run the components one after another over all documents; papers a second of the encoder."""
    began = time.perf_counter()
    docs = [make_doc(nlp, paper) for paper in papers]
    seconds = {"tokenizer": since(began)}
    for name, component in nlp.pipeline:
        began = time.perf_counter()
        docs = list(component.pipe(docs)) if hasattr(component, "pipe") else [component(doc) for doc in docs]
        seconds[name] = since(began)
    for name, spent in seconds.items():
        share = spent / seconds["kg_encoder"]
        print(f"  {name:32}{1000 * spent / len(papers):10.2f} ms a paper, {share:.2f} of the encoder's time")
    return len(papers) / seconds["kg_encoder"]


def in_torch(papers: list[Paper]) -> float:
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

    return rate("the same network, torch float32", papers, run)


if __name__ == "__main__":
    main()
