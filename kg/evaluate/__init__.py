"""How good an extraction is: precision, recall and F1 against annotated papers, and what went wrong."""

from kg.evaluate.errors import ErrorCase, find_errors
from kg.evaluate.scores import Score, b_cubed
from kg.evaluate.scoring import evaluate

__all__ = ["ErrorCase", "Score", "b_cubed", "evaluate", "find_errors"]
