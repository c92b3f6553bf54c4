"""Many rows in one parameter each: the statement stays the same for one line or a thousand."""

from typing import Any

from sqlalchemy import BigInteger, Text, Uuid, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

TEXTS: TypeEngine[Any] = ARRAY(Text)
UUIDS: TypeEngine[Any] = ARRAY(Uuid)
NUMBERS: TypeEngine[Any] = ARRAY(BigInteger)
_ITEM: dict[TypeEngine[Any], TypeEngine[Any]] = {
    TEXTS: Text(collation="C"),
    UUIDS: Uuid(),
    NUMBERS: BigInteger(),
}


def unnested(name: str, **columns: TypeEngine[Any]) -> TableValuedAlias:
    """Give a table of the array parameters ``<column>s``, one row per place in the arrays."""
    parameters = [bindparam(f"{name}s", type_=kind) for name, kind in columns.items()]
    items = [column(name, _ITEM[kind]) for name, kind in columns.items()]
    return func.unnest(*parameters).table_valued(*items, name=name).render_derived()
