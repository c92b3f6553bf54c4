"""Every statement of stock and of a search finds its rows by an index, however many there are."""

import re
from typing import Any

import pytest
from catalog.domain.stock import State
from catalog.storage import availability
from catalog.storage.hold_statements import EXPIRING, LOCK_SHELVES, UNHOLD
from catalog.storage.offers import with_offers
from catalog.storage.reservation_statements import CLAIM, END, HOLD
from catalog.storage.search_statements import Shape, Way, statement
from catalog.storage.shelf_statements import CHANGE, COVER, LEVELS, LOCK
from messaging.direct import Direct
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import asyncpg

from services.catalog.tests.driving import Catalog

LARGE = (
    *("stock", "stock_movement", "receipt", "receipt_line", "reservation", "reservation_line"),
    *("product", "product_price", "product_search", "product_site", "product_word", "variant"),
)
STATEMENTS: dict[str, Any] = {
    "claim": CLAIM,
    "hold": HOLD,
    "availability": availability._STOCK,  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
    "allocate": END["submission", State.ALLOCATED],
    "release": END["submission", State.RELEASED],
    "expire": END["hold", State.EXPIRED],
    "expiring": EXPIRING,
    "unhold": UNHOLD,
    "lock of a hold": LOCK_SHELVES,
    "lock": LOCK,
    "change": CHANGE,
    "cover": COVER,
    "levels": LEVELS,
    **{f"search {way.value}": with_offers(statement(Shape(way))) for way in Way},
    "search with all filters": with_offers(statement(Shape(Way.MEET, lists=2, sorted_into=True))),
}


@pytest.mark.parametrize("name", STATEMENTS)
async def test_no_statement_reads_a_whole_table(catalog: Catalog, name: str) -> None:
    """SE-6, IN-8: planned for any parameters; where an index would do, nothing is scanned."""
    given = STATEMENTS[name]
    is_direct = isinstance(given, Direct)
    query = given.text if is_direct else str(given.compile(dialect=asyncpg.dialect()))
    parameters = max(int(number) for number in re.findall(r"\$(\d+)", query))
    nulls = ", ".join(["NULL"] * parameters)
    async with catalog.sessions.begin() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        await session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        connection = await session.connection()
        await connection.exec_driver_sql(f"PREPARE planned AS {query}")
        found = await connection.exec_driver_sql(f"EXPLAIN EXECUTE planned({nulls})")
        plan = "\n".join(row[0] for row in found)
        await connection.exec_driver_sql("DEALLOCATE planned")

    assert "Scan" in plan
    assert not [table for table in LARGE if re.search(rf"Seq Scan on {table}\b", plan)], plan
