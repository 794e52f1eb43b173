"""Files to papers."""

from kg.corpus.format import Format
from kg.corpus.identity import paper_id, title_key
from kg.corpus.merge import dedupe, merge
from kg.corpus.registry import FORMATS, OnError, read_papers

__all__ = ["FORMATS", "Format", "OnError", "dedupe", "merge", "paper_id", "read_papers", "title_key"]
