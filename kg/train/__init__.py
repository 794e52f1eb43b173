"""Training: annotated papers to a packaged pipeline. Needs the extra `train`."""

from kg.train.recipe import Recipe, train

__all__ = ["Recipe", "train"]
