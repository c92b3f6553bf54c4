"""Vouchers that orders have made, once for each errand."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from contracts.catalog.questions import MakeVoucher, VoucherDeal
from contracts.catalog.replies import VoucherMade, VoucherRefused
from contracts.values import Money, SiteId, StaffId

from services.catalog.tests.api import Api
from services.catalog.tests.driving import Catalog
from services.catalog.tests.shop import Shop, a_shop

SORRY = VoucherDeal(name="Sorry", kind="percent", basis_points=1000)


@pytest.fixture
async def shop(api: Api, catalog: Catalog) -> Shop:
    return await a_shop(api, catalog)


def an_errand(shop: Shop, **said: Any) -> MakeVoucher:  # noqa: ANN401 - any field
    known: dict[str, Any] = {
        "errand_id": uuid4(),
        "code": f"V-{uuid4().hex[:10]}",
        "site_id": shop.site_id,
        "staff_id": StaffId("clerk"),
        "limit_total": 1,
    }
    if "promotion" not in said:
        known["deal"] = SORRY
    return MakeVoucher.model_validate(known | said)


async def test_a_voucher_is_made_and_may_be_used_at_once(shop: Shop, catalog: Catalog) -> None:
    """CP-7: with terms of its own, or of a promotion that needs a coupon."""
    own = an_errand(shop)
    made = await catalog.handle(own)
    assert isinstance(made, VoucherMade)
    found = await shop.api.get(f"/vouchers/{own.code}")
    assert (found["author"], found["limit_total"], found["site"]) == ("clerk", 1, shop.site)
    sku = await shop.product(1000)
    quoted = await shop.quote((sku, 2), coupons=[own.code])
    assert quoted["coupons"][0]["discount"]["minor"] == 200

    summer = await shop.promotion(needs_coupon=True)
    of_promotion = await catalog.handle(an_errand(shop, promotion=summer))
    assert isinstance(of_promotion, VoucherMade)
    assert of_promotion.promotion == summer


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"site_id": SiteId(uuid4())}, "UNKNOWN_SITE"),
        ({"promotion": "none"}, "UNKNOWN_PROMOTION"),
        ({"promotion": "a", "deal": SORRY}, "PROMOTION_OR_TERMS"),
        ({"code": "a b"}, "INVALID_CODE"),
        ({"deal": VoucherDeal(name="x", kind="amount")}, "WRONG_VALUE"),
        ({"deal": VoucherDeal(name="x", kind="percent", basis_points=0)}, "OUT_OF_RANGE"),
        (
            {"deal": VoucherDeal(name="x", kind="amount", amount=Money(0, "GBP"))},
            "AMOUNT_OUT_OF_RANGE",
        ),
        (
            {"deal": VoucherDeal(name="x", kind="amount", amount=Money(5, "EUR"))},
            "CURRENCY_MISMATCH",
        ),
        ({"limit_total": 0}, "OUT_OF_RANGE"),
        ({"limit_total": 2**63}, "OUT_OF_RANGE"),
        ({"limit_per_customer": -1}, "OUT_OF_RANGE"),
        ({"valid_until": "0001-01-01T00:00:00+12:00"}, "OUT_OF_RANGE"),
        ({"valid_until": "9999-12-31T23:59:59-12:00"}, "OUT_OF_RANGE"),
    ],
)
async def test_what_is_no_voucher_is_refused(
    shop: Shop, catalog: Catalog, said: dict[str, Any], code: str
) -> None:
    """CP-7: with the field at fault."""
    refused = await catalog.handle(an_errand(shop, **said))
    assert isinstance(refused, VoucherRefused)
    assert (refused.code, bool(refused.detail), bool(refused.faults)) == (code, True, True)


async def test_an_amount_in_another_currency_is_named(shop: Shop, catalog: Catalog) -> None:
    """CP-7, CP-8: where the one who asks wrote it."""
    euros = VoucherDeal(name="x", kind="amount", amount=Money(5, "EUR"))
    refused = await catalog.handle(an_errand(shop, deal=euros))
    assert isinstance(refused, VoucherRefused)
    assert [*refused.faults] == ["/deal/amount/currency"]
    least = VoucherDeal(name="x", kind="percent", basis_points=100, minimum=Money(5, "EUR"))
    refused = await catalog.handle(an_errand(shop, deal=least))
    assert isinstance(refused, VoucherRefused)
    assert [*refused.faults] == ["/deal/minimum/currency"]


async def test_a_code_that_another_voucher_has_is_refused(shop: Shop, catalog: Catalog) -> None:
    """CP-7: in whatever case."""
    code = await shop.voucher()
    refused = await catalog.handle(an_errand(shop, code=code.lower()))
    assert isinstance(refused, VoucherRefused)
    assert refused.code == "VOUCHER_CODE_TAKEN"


async def test_a_voucher_that_ends_is_made_with_its_end(shop: Shop, catalog: Catalog) -> None:
    end = datetime(2100, 1, 1, tzinfo=UTC)
    errand = an_errand(shop, valid_until=end)
    assert isinstance(await catalog.handle(errand), VoucherMade)
    found = await shop.api.get(f"/vouchers/{errand.code}")
    assert datetime.fromisoformat(found["valid_until"]) == end
