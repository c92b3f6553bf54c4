"""Quotes for callers who only want to know, on a connection that cannot write."""

from chassis.scope import Scope
from contracts.catalog.questions import QuoteLines
from contracts.catalog.replies import LinesQuoted, QuoteRefused
from messaging.direct import On

from catalog.domain.selling import Selling
from catalog.handlers.line_quotes import quote_lines_on
from catalog.handlers.scoped import unknown_site
from catalog.storage.offers import SqlOfferRepository
from catalog.storage.voucher_reader import SqlVoucherReader


class _Pricing:
    def __init__(self, on: On) -> None:
        self.offers = SqlOfferRepository(on)
        self.vouchers = SqlVoucherReader(on)


async def quote(
    scope: Scope, on: On, question: QuoteLines, selling: Selling
) -> LinesQuoted | QuoteRefused:
    """Price lines on a site that was just looked up, as the use case for messages does."""
    if not scope.sees(selling.site.site_id):
        return unknown_site(selling.site.site_id)
    return await quote_lines_on(question, selling, _Pricing(on))
