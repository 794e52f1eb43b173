"""Papers to extraction records: a spaCy pipeline over a small trained network."""

from kg.extract import spacy_import  # noqa: F401  (before all that imports spaCy)
from kg.extract.pipeline import extract, load_pipeline, pipeline_version

__all__ = ["extract", "load_pipeline", "pipeline_version"]
