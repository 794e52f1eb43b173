"""Makes the graph follow its records: all of it anew, or only what a few changed papers touch."""

from kg.derive.increment import Increment, TooMuchError
from kg.derive.index import Index, State
from kg.derive.whole import derive_whole

__all__ = ["Increment", "Index", "State", "TooMuchError", "derive_whole"]
