"""Decides what is one thing: abbreviations within a paper, spellings, versions and aliases across papers."""
