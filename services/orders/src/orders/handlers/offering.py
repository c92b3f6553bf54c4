"""Which carts and past orders are worth offering on a site: those it sells something of (HI-4)."""

from collections.abc import Collection

from contracts.catalog.questions import QuoteLines
from contracts.catalog.quotes import LineAsked
from contracts.catalog.replies import LinesQuoted, QuoteRefused
from contracts.values import SiteId, Sku
from messaging.transport import Asker, Unanswered

_AT_ONCE = 1000
"""Lines that the catalog quotes at once."""


async def sold_on(asker: Asker, site_id: SiteId, skus: Collection[Sku]) -> frozenset[Sku]:
    """Ask the catalog which of these products a site sells to everybody.

    Raises:
        Unanswered: It gave no answer in time.
    """
    wanted, sold = sorted(set(skus)), set[Sku]()
    for start in range(0, len(wanted), _AT_ONCE):
        lines = (
            LineAsked(line_id=number, sku=sku, units=1)
            for number, sku in enumerate(wanted[start : start + _AT_ONCE], 1)
        )
        question = QuoteLines(site_id=site_id, lines=tuple(lines), with_availability=False)
        answer = await asker.ask(question)
        if isinstance(answer, LinesQuoted):
            sold |= {line.sku for line in answer.lines}
        elif not isinstance(answer, QuoteRefused):
            raise Unanswered(answer.owner())
    return frozenset(sold)
