"""The properties of the schema as columns of Arrow: Parquet files and the bulk copy of the embedded store share them.

Import it where it is used: pyarrow is slow to import, and most commands do without.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from kg.schema import PropertyType

ARROW_TYPES: Mapping[PropertyType, pa.DataType] = {
    "string": pa.string(),
    "float": pa.float64(),
    "int": pa.int64(),
    "bool": pa.bool_(),
    "strings": pa.list_(pa.string()),
    "ints": pa.list_(pa.int64()),
}
"""The column type of each type of property."""
