"""The training loop: batches of like length, a linear schedule, an average of the last weights."""

from __future__ import annotations

import copy
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch

from kg.train.checkpoint import Checkpoint
from kg.train.data import Example
from kg.train.model import Model, Weights

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """How to train; rates are of AdamW (Loshchilov and Hutter, 2019), ``average`` the decay of the moving average."""

    epochs: int = 7
    batch: int = 8
    rate: float = 1.5e-4
    head_rate: float = 1.5e-3
    warm_up: float = 0.06
    average: float = 0.995
    seed: int = 1
    weights: Weights = field(default_factory=Weights)


def _batches(examples: Sequence[Example], size: int, rng: random.Random) -> list[list[Example]]:
    order = list(examples)
    rng.shuffle(order)
    batches = []
    for first in range(0, len(order), 32 * size):
        block = sorted(order[first : first + 32 * size], key=lambda e: len(e.encoded.windows[0].pieces))
        batches += [block[i : i + size] for i in range(0, len(block), size)]
    rng.shuffle(batches)
    return batches


def fit(
    model: Model,
    examples: Sequence[Example],
    plan: Plan,
    after_epoch: Callable[[int, Model], None] | None = None,
    checkpoint: Path | None = None,
) -> Model:
    """Train ``model`` and return the moving average of its weights.

    ``checkpoint`` is a file where the state after each epoch is kept; a second call with the same plan and as many
    examples goes on from there. ``after_epoch`` gets the number of each epoch and the average after it.
    """
    torch.manual_seed(plan.seed)
    rng = random.Random(plan.seed)  # noqa: S311
    low = list(model.encoder.bert.parameters())
    known = {id(p) for p in low}
    high = [p for p in model.parameters() if id(p) not in known]
    optimizer = torch.optim.AdamW(
        [{"params": low, "lr": plan.rate}, {"params": high, "lr": plan.head_rate}], weight_decay=0.01, fused=True
    )
    steps = plan.epochs * ((len(examples) + plan.batch - 1) // plan.batch)
    warm = max(1, int(plan.warm_up * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: (s + 1) / warm if s < warm else max(0.01, (steps - s) / (steps - warm))
    )
    average = copy.deepcopy(model).eval()
    step = done = 0
    part = None if checkpoint is None else Checkpoint(checkpoint, {"plan": asdict(plan), "examples": len(examples)})
    kept = None if part is None else part.read()
    if kept is not None:
        for name, target in {"model": model, "average": average, "optimizer": optimizer, "schedule": schedule}.items():
            target.load_state_dict(kept[name])  # type: ignore[attr-defined]
        rng.setstate(kept["rng"])
        torch.set_rng_state(kept["torch_rng"])
        step, done = kept["step"], kept["epoch"]
        _log.info("training goes on after epoch %d of %d", done, plan.epochs)
    began, before = time.monotonic(), step
    for epoch in range(done, plan.epochs):
        sums: dict[str, float] = {}
        count = 0
        for batch in _batches(examples, plan.batch, rng):
            model.train()
            loss, parts = model.loss(batch, plan.weights)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            step, count = step + 1, count + 1
            decay = min(plan.average, (1 + step) / (10 + step))
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value
            if step % 50 == 0:
                means = " ".join(f"{name} {value / count:.3f}" for name, value in sums.items())
                rate = (step - before) * plan.batch / (time.monotonic() - began)
                _log.info("epoch %d, step %d of %d, %.1f papers/s, losses: %s", epoch + 1, step, steps, rate, means)
        if part is not None:
            part.write(
                model=model.state_dict(), average=average.state_dict(), optimizer=optimizer.state_dict(),
                schedule=schedule.state_dict(), rng=rng.getstate(), torch_rng=torch.get_rng_state(),
                step=step, epoch=epoch + 1,
            )  # fmt: skip
        if after_epoch:
            after_epoch(epoch, average)
    return average
