from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from contracts.values import CustomerId, OrderId, SubmissionId
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.coupons import CouponState, Used
from catalog.domain.promotions import (
    Promotion,
    PromotionTerms,
    Voucher,
    folded_code,
)
from catalog.storage.tables import coupon_submissions, voucher_uses, vouchers
from catalog.storage.voucher_reader import BY_KEY, TERMS, SqlVoucherReader, voucher_of

_KEPT = (
    update(vouchers)
    .where(vouchers.c.key == bindparam("of_key"))
    .values(
        active=bindparam("is_active"), used=bindparam("times"), version=bindparam("new_version")
    )
)


class SqlVoucherRepository(SqlVoucherReader):
    """Keeps vouchers and their uses; a voucher's row is locked before its uses are counted."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self._session = session

    async def add(self, voucher: Voucher) -> bool:
        terms = voucher.terms
        statement = upsert(vouchers).values(
            key=folded_code(voucher.code),
            code=voucher.code,
            voucher_id=voucher.voucher_id,
            promotion=voucher.promotion,
            site_id=voucher.site_id,
            customer_id=terms.customer_id,
            limit_total=terms.limit_total,
            limit_per_customer=terms.limit_per_customer,
            valid_from=terms.validity.valid_from,
            valid_until=terms.validity.valid_until,
            active=voucher.active,
            used=voucher.used,
            author=voucher.author,
            version=voucher.version,
        )
        made = await self._session.execute(
            statement.on_conflict_do_nothing(index_elements=["key"]).returning(vouchers.c.key)
        )
        return made.first() is not None

    async def found(self, key: str) -> Voucher | None:
        rows = await self._session.execute(BY_KEY.with_for_update(), {"keys": [key]})
        return next((voucher_of(row) for row in rows), None)

    async def keep(self, kept: Collection[Voucher]) -> None:
        rows = [
            {
                "of_key": folded_code(voucher.code),
                "is_active": voucher.active,
                "times": voucher.used,
                "new_version": voucher.version,
            }
            for voucher in kept
        ]
        if rows:
            await self._session.execute(_KEPT, rows)

    async def locked(self, keys: Collection[str]) -> dict[str, tuple[Voucher, Promotion]]:
        if not keys:
            return {}
        rows = await self._session.execute(BY_KEY.with_for_update(), {"keys": list(keys)})
        return await self._with_promotions(rows.all())

    async def begin(self, submission_id: SubmissionId) -> bool:
        statement = upsert(coupon_submissions).values(
            submission_id=submission_id, state=CouponState.REDEEMED.value
        )
        made = await self._session.execute(
            statement.on_conflict_do_nothing().returning(coupon_submissions.c.submission_id)
        )
        return made.first() is not None

    async def outcome(self, submission_id: SubmissionId) -> Used | None:
        columns = coupon_submissions.c
        query = select(columns.state, columns.refusal).where(columns.submission_id == submission_id)
        row = (await self._session.execute(query.with_for_update())).first()
        if row is None:
            return None
        reason: dict[str, Any] = row.refusal or {}
        return Used(CouponState(row.state), **reason)

    async def conclude(self, submission_id: SubmissionId, used: Used) -> None:
        reason = {name: value for name, value in asdict(used).items() if name != "state"}
        values: dict[str, Any] = {
            "state": used.state.value,
            "refusal": reason if used.state is CouponState.REFUSED else None,
        }
        statement = upsert(coupon_submissions).values(submission_id=submission_id, **values)
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=["submission_id"], set_=values)
        )

    async def use(
        self,
        submission_id: SubmissionId,
        order_id: OrderId,
        customer_id: CustomerId,
        terms: Mapping[str, PromotionTerms],
    ) -> None:
        rows = [
            {
                "submission_id": submission_id,
                "voucher": key,
                "customer_id": customer_id,
                "order_id": order_id,
                "terms": TERMS.dump_python(of_key, mode="json", exclude_defaults=True),
            }
            for key, of_key in terms.items()
        ]
        await self._session.execute(insert(voucher_uses), rows)

    async def take_back(self, submission_id: SubmissionId) -> Sequence[Voucher]:
        mine = voucher_uses.c.submission_id == submission_id
        used = await self._session.execute(select(voucher_uses.c.voucher).where(mine))
        given = {"keys": list(used.scalars())}
        rows = (await self._session.execute(BY_KEY.with_for_update(), given)).all()
        await self._session.execute(delete(voucher_uses).where(mine))
        return [voucher_of(row) for row in rows]
