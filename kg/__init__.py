"""Typed knowledge graphs of machine-learning papers, read from titles and abstracts."""
