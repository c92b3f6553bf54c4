"""Vouchers as quotes read them, with what customers and submissions have used up."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from contracts.values import CustomerId, SiteId, SubmissionId
from messaging.direct import Direct, On
from pydantic import TypeAdapter
from sqlalchemy import Select, Uuid, any_, bindparam, func, select

from catalog.domain.promotions import Promotion, PromotionTerms, Voucher, VoucherTerms
from catalog.domain.validity import Validity
from catalog.storage.promotions import PROMOTIONS, promotion_of
from catalog.storage.tables import promotions, voucher_uses, vouchers
from catalog.storage.unnested import TEXTS

TERMS = TypeAdapter(PromotionTerms)
"""What a voucher did when it was used up, as it is kept."""
_KEYS = bindparam("keys", type_=TEXTS)
BY_KEY: Select[Any] = select(vouchers).where(vouchers.c.key == any_(_KEYS)).order_by(vouchers.c.key)
"""The vouchers of ``keys``, in one order: whoever locks several must not wait in a circle."""
_NAMED = Direct(BY_KEY)
_PROMOTIONS = Direct(PROMOTIONS.where(promotions.c.code == any_(bindparam("codes", type_=TEXTS))))
_USES = Direct(
    select(voucher_uses.c.voucher, func.count().label("times"))
    .where(voucher_uses.c.voucher == any_(_KEYS))
    .where(voucher_uses.c.customer_id == bindparam("of_customer", type_=Uuid()))
    .group_by(voucher_uses.c.voucher)
)
_REDEEMED = Direct(
    select(voucher_uses.c.voucher, voucher_uses.c.terms).where(
        voucher_uses.c.submission_id == bindparam("of_submission", type_=Uuid())
    )
)


class SqlVoucherReader:
    """Reads vouchers, and who has used them up."""

    def __init__(self, on: On) -> None:
        self._on = on

    async def named(self, keys: Collection[str]) -> dict[str, tuple[Voucher, Promotion]]:
        if not keys:
            return {}
        return await self._with_promotions(await _NAMED.rows(self._on, {"keys": list(keys)}))

    async def uses(self, keys: Collection[str], customer_id: CustomerId) -> Mapping[str, int]:
        given = {"keys": list(keys), "of_customer": customer_id}
        return {row.voucher: row.times for row in await _USES.rows(self._on, given)}

    async def redeemed(self, submission_id: SubmissionId) -> Mapping[str, PromotionTerms | None]:
        rows = await _REDEEMED.rows(self._on, {"of_submission": submission_id})
        return {
            row.voucher: None if row.terms is None else TERMS.validate_python(row.terms)
            for row in rows
        }

    async def _with_promotions(self, rows: Sequence[Any]) -> dict[str, tuple[Voucher, Promotion]]:
        codes = {row.promotion for row in rows}
        found = await _PROMOTIONS.rows(self._on, {"codes": list(codes)})
        by_code = {row.code: promotion_of(row) for row in found}
        return {row.key: (voucher_of(row), by_code[row.promotion]) for row in rows}


def voucher_of(row: Any) -> Voucher:  # noqa: ANN401 - a row of the table
    """Give the voucher of a row."""
    terms = VoucherTerms(
        None if row.customer_id is None else CustomerId(row.customer_id),
        row.limit_total,
        row.limit_per_customer,
        Validity(row.valid_from, row.valid_until),
    )
    return Voucher(
        code=row.code,
        voucher_id=row.voucher_id,
        promotion=row.promotion,
        site_id=SiteId(row.site_id),
        terms=terms,
        author=row.author,
        active=row.active,
        used=row.used,
        version=row.version,
    )
