"""How good an extraction is: precision, recall and F1 against annotated papers, and what went wrong."""

from kg.evaluate.errors import ErrorCase, find_errors
from kg.evaluate.gold import AnnotatedPaper, read_gold
from kg.evaluate.scores import Score, b_cubed
from kg.evaluate.scoring import evaluate

__all__ = ["AnnotatedPaper", "ErrorCase", "Score", "b_cubed", "evaluate", "find_errors", "read_gold"]
