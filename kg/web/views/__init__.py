"""The views of the page, one module each: an address and a reader go in, a ``Page`` comes out."""
