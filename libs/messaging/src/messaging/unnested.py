"""Rows as parameters: one array for each column, so that a statement is compiled once for all."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import TableValuedAlias, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine


def unnested(name: str, columns: Mapping[str, TypeEngine[Any]]) -> TableValuedAlias:
    """Give a table of the values in the parameters named like its columns, each a list.

    Its further column ``place`` counts the rows from 1, in the order of the lists.
    """
    arrays = (bindparam(key, type_=ARRAY(kind)) for key, kind in columns.items())
    values = func.unnest(*arrays).table_valued(
        *(column(key, kind) for key, kind in columns.items()), with_ordinality="place", name=name
    )
    return values.render_derived()
