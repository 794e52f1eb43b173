"""Continued pretraining of the encoder on unlabelled abstracts by masked pieces (Devlin et al., 2019).

Gururangan et al. (2020) show that this adapts an encoder to a field. Here it also teaches the new shape embeddings.
"""

from __future__ import annotations

import gzip
import json
import logging
import random
import time
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from kg.extract.words import split_words
from kg.train.base import BaseName, base_folder
from kg.train.checkpoint import Checkpoint
from kg.train.network import Encoder

_log = logging.getLogger(__name__)
MASK, CLS, SEP = 103, 101, 102
LENGTH = 384


def read_unlabelled(files: Sequence[Path], without: AbstractSet[str]) -> list[tuple[str, str]]:
    """Titles and abstracts of ``files`` (JSON lines, plain or gzipped) but for short ones and titles of ``without``."""
    return [t for t in _texts(files) if t[0].casefold() not in without and len(t[1]) > 400]


def _texts(files: Sequence[Path]) -> Iterator[tuple[str, str]]:
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            for line in lines:
                paper = json.loads(line)
                yield paper["title"], paper["abstract"]


def _encode(tokenizer: Tokenizer, title: str, abstract: str) -> tuple[list[int], list[list[int]], list[int]]:
    words = split_words(f"{title}\n{abstract}")
    encoding = tokenizer.encode(words.surfaces, is_pretokenized=True, add_special_tokens=False)
    pieces, features, word_of = [CLS], [[0, 0, 0]], [-1]
    for piece, word in zip(encoding.ids[: LENGTH - 2], encoding.word_ids, strict=False):
        if word is None:
            continue
        pieces.append(piece)
        features.append([words.shapes[word], words.glue[word], int(words.starts[word] < len(title))])
        word_of.append(word)
    return [*pieces, SEP], [*features, [0, 0, 0]], [*word_of, -1]


class _Masked(nn.Module):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.transform = nn.Sequential(nn.Linear(encoder.width, encoder.width), nn.GELU(), nn.LayerNorm(encoder.width))
        self.bias = nn.Parameter(torch.zeros(encoder.config.vocab_size))

    def forward(self, pieces: Tensor, features: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        hidden = self.encoder(pieces, features, mask)
        chosen = labels >= 0
        table = self.encoder.bert.embeddings.word_embeddings.weight
        logits = self.transform(hidden[chosen]) @ table.T + self.bias
        return nn.functional.cross_entropy(logits.float(), labels[chosen])


def _mask(
    rng: random.Random, pieces: list[int], word_of: list[int], vocabulary: int, share: float
) -> tuple[list[int], list[int]]:
    """Mask whole words, ``share`` of them: 80% by [MASK], 10% by a random piece, 10% left."""
    labels, masked = [-1] * len(pieces), list(pieces)
    chosen = {word for word in sorted(set(word_of)) if word >= 0 and rng.random() < share}
    for i, word in enumerate(word_of):
        if word in chosen:
            labels[i] = pieces[i]
            draw = rng.random()
            masked[i] = MASK if draw < 0.8 else rng.randrange(1000, vocabulary) if draw < 0.9 else pieces[i]
    return masked, labels


@dataclass(frozen=True)
class PretrainPlan:
    """``papers`` sets the schedule of the rate; ``stop_after`` steps (of ``batch`` papers) end it early.

    ``masked`` is the share of words to guess; more than the usual 0.15 teaches more a step (Wettig et al., 2023).
    """

    papers: int
    stop_after: int | None = None
    batch: int = 8
    rate: float = 1.5e-4
    masked: float = 0.15
    seed: int = 1


def pretrain(
    files: Sequence[Path], output: Path, plan: PretrainPlan, *, base: BaseName, without: AbstractSet[str]
) -> None:
    """Adapt the encoder ``base`` to abstracts of ``files`` (JSON lines, plain or gzipped) and save it to ``output``.

    ``without`` names titles (case-folded) that are left out: those of development papers. What is done so far is kept
    beside ``output`` (``.part``) every 64 steps; a second call with the same plan goes on from there.
    """
    torch.manual_seed(plan.seed)
    rng = random.Random(plan.seed)  # noqa: S311
    tokenizer = Tokenizer.from_file(str(base_folder(base) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = read_unlabelled(files, without)
    rng.shuffle(texts)
    texts = texts[: plan.papers]
    model = _Masked(Encoder(base, dropout=0.0))
    head = [*model.transform.parameters(), model.bias, *model.encoder.features.parameters()]
    optimizer = torch.optim.AdamW(
        [{"params": list(model.encoder.bert.parameters()), "lr": plan.rate}, {"params": head, "lr": 5 * plan.rate}],
        weight_decay=0.01,
        fused=True,
    )
    steps = len(texts) // plan.batch
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, (s + 1) / 100) * max(0.02, 1 - s / steps)
    )
    part = Checkpoint(output.with_suffix(".part"), {"plan": asdict(plan), "base": base, "texts": len(texts)})
    kept = part.read()
    running, step, done = 0.0, 0, 0
    if kept is not None:
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        schedule.load_state_dict(kept["schedule"])
        rng.setstate(kept["rng"])
        running, step, done = kept["running"], kept["step"], kept["first"]
        _log.info("pretraining goes on after step %d of %d", step, steps)
    began, before = time.monotonic(), step
    for first in range(done, len(texts), 64 * plan.batch):
        part.write(
            model=model.state_dict(),
            optimizer=optimizer.state_dict(),
            schedule=schedule.state_dict(),
            rng=rng.getstate(),
            running=running,
            step=step,
            first=first,
        )
        block = [_encode(tokenizer, *t) for t in texts[first : first + 64 * plan.batch]]
        block.sort(key=lambda e: len(e[0]))
        batches = [block[i : i + plan.batch] for i in range(0, len(block), plan.batch)]
        rng.shuffle(batches)
        for group in batches:
            length = max(len(e[0]) for e in group)
            pieces = torch.zeros(len(group), length, dtype=torch.long)
            features = torch.zeros(len(group), length, 3, dtype=torch.long)
            labels = torch.full((len(group), length), -1, dtype=torch.long)
            mask = torch.zeros(len(group), length, dtype=torch.long)
            for row, (ids, feats, word_of) in enumerate(group):
                masked, wanted = _mask(rng, ids, word_of, model.encoder.config.vocab_size, plan.masked)
                pieces[row, : len(ids)] = torch.tensor(masked)
                features[row, : len(ids)] = torch.tensor(feats)
                labels[row, : len(ids)] = torch.tensor(wanted)
                mask[row, : len(ids)] = 1
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = model(pieces, features, mask, labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            running, step = 0.98 * running + 0.02 * float(loss.detach()), step + 1
            if step % 50 == 0:
                mean = running / (1 - 0.98**step)
                rate = (step - before) * plan.batch / (time.monotonic() - began)
                _log.info("pretraining: step %d of %d, loss %.3f, %.1f papers/s", step, steps, mean, rate)
            if step == plan.stop_after:
                break
        if step == plan.stop_after:
            break
    save_file(model.encoder.state_dict(), output)
    part.remove()
