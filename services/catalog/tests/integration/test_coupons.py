"""Vouchers over HTTP, and coupons in quotes and submissions (CP-7)."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from contracts.catalog.commands import RedeemCoupons, ReturnCoupons
from contracts.catalog.questions import QuoteLines
from contracts.catalog.quotes import LineAsked, Standing
from contracts.catalog.replies import (
    CouponsRedeemed,
    CouponsRefused,
    CouponsReturned,
    LinesQuoted,
)
from contracts.values import CustomerId, Money, OrderId, Sku, SubmissionId

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog
from services.catalog.tests.shop import Shop, a_code, a_shop, pounds

CUSTOMER = CustomerId(uuid4())


@pytest.fixture
async def shop(api: Api, catalog: Catalog) -> Shop:
    return await a_shop(api, catalog)


async def verdict(shop: Shop, coupon: str, sku: str, **question: object) -> dict[str, Any]:
    told = await shop.quote((sku, 1), coupons=[coupon], **question)
    return told["coupons"][0]


def a_redemption(shop: Shop, *coupons: str, customer: CustomerId = CUSTOMER) -> RedeemCoupons:
    return RedeemCoupons(
        submission_id=SubmissionId(uuid4()),
        order_id=OrderId(uuid4()),
        site_id=shop.site_id,
        customer_id=customer,
        coupons=coupons,
    )


async def redeem(catalog: Catalog, command: RedeemCoupons) -> str:
    reply = await catalog.handle(command)
    if isinstance(reply, CouponsRefused):
        return reply.code
    assert isinstance(reply, CouponsRedeemed)
    return "redeemed"


async def used(shop: Shop, coupon: str) -> int:
    return (await shop.api.get(f"/vouchers/{coupon}"))["used"]


async def test_a_voucher_made_from_an_order_applies_at_once(shop: Shop) -> None:
    """CP-7: with a code made up, and in whatever case it is typed."""
    chair = await shop.product(1000)
    code = await shop.voucher()

    told = await verdict(shop, f" {code.lower()} ", chair)

    assert (told["code"], told["refusal"], told["discount"]) == (code, None, pounds(100))
    assert (await shop.api.get(f"/vouchers/{code.lower()}"))["author"] == "clerk"
    line = (await shop.quote((chair, 1), coupons=[code]))["lines"][0]
    assert (line["trace"][-1]["source"], line["trace"][-1]["code"]) == ("coupon", code)


@pytest.mark.parametrize(
    "code", ["", "a", "no spaces", "caf\u00e9", "\u0130I", "A\0B", "x" * 100, "DROP;--", "%_%"]
)
async def test_a_code_with_odd_characters_is_an_unknown_coupon(
    shop: Shop, catalog: Catalog, code: str
) -> None:
    """CP-7: it leaves the order as it was and says why."""
    chair = await shop.product(1000)
    if "\0" in code:
        assert await redeem(catalog, a_redemption(shop, code)) == "UNKNOWN_COUPON"
        return

    told = await verdict(shop, code, chair)

    assert (told["refusal"], told["discount"]) == ("UNKNOWN_COUPON", pounds(0))
    assert told["code"] == code


async def test_a_coupon_says_why_it_does_nothing(shop: Shop, catalog: Catalog) -> None:
    """CP-7: every reason has a code."""
    chair, lamp = await shop.product(1000), await shop.product(1000)
    other = await a_shop(shop.api, catalog)
    percent = {"name": "Off", "kind": "percent", "basis_points": 100}
    mine = CustomerId(uuid4())
    used_up = await shop.voucher(limit_total=1)
    assert await redeem(catalog, a_redemption(shop, used_up)) == "redeemed"
    disabled = await shop.voucher()
    await shop.api.call("POST", f"/vouchers/{disabled}/disabling", {"disabled": True})
    reasons = {
        await other.voucher(): "UNKNOWN_COUPON",
        await shop.voucher(valid_from="2999-01-01T00:00:00Z"): "COUPON_NOT_YET_VALID",
        await shop.voucher(valid_until="2001-01-01T00:00:00Z"): "COUPON_EXPIRED",
        disabled: "COUPON_EXPIRED",
        used_up: "COUPON_USED_UP",
        await shop.voucher(customer_id=str(mine)): "COUPON_NOT_FOR_CUSTOMER",
        await shop.voucher(terms={**percent, "level": "trade"}): "COUPON_NOT_FOR_CUSTOMER",
        await shop.voucher(
            terms={**percent, "minimum": pounds(1001)}
        ): "COUPON_MINIMUM_NOT_REACHED",
        await shop.voucher(terms={**percent, "products": [lamp]}): "COUPON_WITHOUT_EFFECT",
    }

    for code, reason in reasons.items():
        told = await verdict(shop, code, chair)
        assert (told["refusal"], told["discount"]["minor"]) == (reason, 0), code
        assert told["detail"]
    both = await shop.quote((chair, 1), coupons=[twin := await shop.voucher(), twin.lower()])
    assert [c["refusal"] for c in both["coupons"]] == [None, "COUPON_NOT_COMBINABLE"]


async def test_a_quote_uses_nothing_up_and_a_submission_does_once(
    shop: Shop, catalog: Catalog
) -> None:
    """CP-7: a draft does not consume usage limits; a submission does, exactly once."""
    chair, code = await shop.product(), await shop.voucher(limit_total=1)
    command = a_redemption(shop, code.swapcase(), code)

    await verdict(shop, code, chair)
    assert await used(shop, code) == 0
    assert [await redeem(catalog, command) for _ in range(2)] == ["redeemed"] * 2
    assert await used(shop, code) == 1
    assert await redeem(catalog, a_redemption(shop, code)) == "COUPON_USED_UP"
    for _ in range(2):
        reply = await catalog.handle(ReturnCoupons(submission_id=command.submission_id))
        assert isinstance(reply, CouponsReturned)
    assert await used(shop, code) == 0
    assert await redeem(catalog, command) == "RELEASED"
    voucher = await shop.api.get(f"/vouchers/{code}")
    events = await catalog.events(voucher["voucher_id"])
    assert [event["used"] for event in events] == [0, 1, 0]


async def test_a_refusal_is_repeated_whatever_came_after(shop: Shop, catalog: Catalog) -> None:
    """CP-7, SU-3."""
    good, code = await shop.voucher(), await shop.voucher(limit_total=1)
    first, second = a_redemption(shop, code), a_redemption(shop, good, code)
    await redeem(catalog, first)

    assert await redeem(catalog, second) == "COUPON_USED_UP"
    assert await used(shop, good) == 0
    await catalog.handle(ReturnCoupons(submission_id=first.submission_id))
    reply = await catalog.handle(second)
    assert isinstance(reply, CouponsRefused)
    assert (reply.code, reply.coupon) == ("COUPON_USED_UP", code)
    await catalog.handle(ReturnCoupons(submission_id=second.submission_id))
    assert await redeem(catalog, second) == "RELEASED"


async def test_a_return_that_overtakes_its_redemption_refuses_it(
    shop: Shop, catalog: Catalog
) -> None:
    """SU-8: the undo leaves a mark."""
    command = a_redemption(shop, code := await shop.voucher())

    await catalog.handle(ReturnCoupons(submission_id=command.submission_id))

    assert await redeem(catalog, command) == "RELEASED"
    assert await used(shop, code) == 0


async def test_limits_hold_under_concurrent_redemptions(shop: Shop, catalog: Catalog) -> None:
    """CP-7: in all and per customer, exactly."""
    few = await shop.voucher(limit_total=7)
    each = await shop.voucher(limit_per_customer=2)
    customers = [CustomerId(uuid4()) for _ in range(4)]
    commands = [
        *(a_redemption(shop, few, customer=CustomerId(uuid4())) for _ in range(30)),
        *(a_redemption(shop, each, customer=customer) for customer in customers * 6),
    ]
    outcomes: dict[SubmissionId, str] = {}
    gate = asyncio.Semaphore(8)

    async def one(command: RedeemCoupons) -> None:
        async with gate:
            outcomes[command.submission_id] = await redeem(catalog, command)

    async with asyncio.TaskGroup() as group:
        for command in commands:
            group.create_task(one(command))

    assert set(outcomes.values()) == {"redeemed", "COUPON_USED_UP"}
    assert (await used(shop, few), await used(shop, each)) == (7, 8)
    assert list(outcomes.values()).count("redeemed") == 15


async def test_the_limit_per_customer_shows_in_a_quote(shop: Shop, catalog: Catalog) -> None:
    """CP-7."""
    chair, code = await shop.product(), await shop.voucher(limit_per_customer=1)
    await redeem(catalog, a_redemption(shop, code))

    mine = await verdict(shop, code, chair, customer_id=str(CUSTOMER))
    anyone = await verdict(shop, code, chair)

    assert (mine["refusal"], anyone["refusal"]) == ("COUPON_USED_UP", None)


async def test_a_voucher_is_made_for_a_promotion_that_needs_one(shop: Shop) -> None:
    """CP-7: by promotion, and listed by site and promotion."""
    promotion = await shop.promotion(needs_coupon=True)
    plain = await shop.promotion()
    chair = await shop.product(1000)

    code = await shop.voucher(promotion=promotion, code="Summer_24-" + a_code()[:8])

    assert (await shop.quote((chair, 1)))["promotions"] == [plain]
    assert (await verdict(shop, code, chair))["promotion"] == promotion
    for query in (f"site={shop.site}", f"promotion={promotion}"):
        listed = await shop.api.get(f"/vouchers?{query}")
        assert [item["code"] for item in listed["items"]] == [code]
    body: dict[str, object] = {"site": shop.site, "promotion": plain}
    refused = await shop.api.call("POST", "/vouchers", body, Idempotency_Key=uuid4().hex)
    problem(refused, 422, "PROMOTION_WITHOUT_COUPON", "/promotion")
    body["promotion"] = "none"
    refused = await shop.api.call("POST", "/vouchers", body, Idempotency_Key=uuid4().hex)
    problem(refused, 422, "UNKNOWN_PROMOTION", "/promotion")
    body = {"site": shop.site, "promotion": promotion, "code": code.upper()}
    taken = await shop.api.call("POST", "/vouchers", body, Idempotency_Key=uuid4().hex)
    problem(taken, 409, "VOUCHER_CODE_TAKEN", "/code")


async def test_a_voucher_needs_a_permission_and_one_of_the_callers_sites(
    shop: Shop, catalog: Catalog
) -> None:
    """SC-1, SC-3."""
    code = await shop.voucher()
    other = await a_shop(shop.api, catalog)
    foreign = shop.api.staff(other.site_id)
    writer = shop.api.staff(permissions=["catalog.read", "catalog.write"])
    terms = {"name": "Off", "kind": "percent", "basis_points": 1}
    body = {"site": shop.site, "terms": terms}

    problem(
        await writer.call("POST", "/vouchers", body, Idempotency_Key="k"), 403, "PERMISSION_DENIED"
    )
    refused = await foreign.call("POST", "/vouchers", body, Idempotency_Key="k")
    problem(refused, 422, "UNKNOWN_SITE", "/site")
    problem(await foreign.call("GET", f"/vouchers/{code}"), 404, "NOT_FOUND")
    path = f"/vouchers/{code}/disabling"
    problem(await foreign.call("POST", path, {"disabled": True}), 404, "NOT_FOUND")
    assert (await foreign.get("/vouchers"))["items"] == []


async def test_a_promotion_that_cannot_stand_is_refused_by_field(
    shop: Shop, catalog: Catalog
) -> None:
    """CP-6, CP-8."""
    path, chair = f"/promotions/{a_code()}", await shop.product()
    base: dict[str, object] = {"name": "A", "sites": [shop.site]}
    percent = {**base, "kind": "percent", "basis_points": 1000}
    euros = {"minor": 1, "currency": "EUR"}

    wrong: list[tuple[dict[str, object], str, str]] = [
        ({**base, "kind": "percent"}, "INVALID_REQUEST", "/basis_points"),
        ({**percent, "amount": pounds(1)}, "INVALID_REQUEST", "/amount"),
        ({**base, "kind": "amount"}, "INVALID_REQUEST", "/amount"),
        ({**base, "kind": "percent", "basis_points": 10_001}, "INVALID_REQUEST", "/basis_points"),
        ({**base, "kind": "free-shipping", "amount": pounds(1)}, "INVALID_REQUEST", "/amount"),
        ({**base, "kind": "amount", "amount": pounds(0)}, "INVALID_REQUEST", "/amount"),
        (
            {**base, "kind": "amount", "amount": pounds(1), "minimum": euros},
            "INVALID_REQUEST",
            "/minimum",
        ),
        ({**base, "kind": "amount", "amount": euros}, "CURRENCY_MISMATCH", "/sites/0"),
        ({**percent, "minimum": euros}, "CURRENCY_MISMATCH", "/sites/0"),
        ({**percent, "sites": ["nowhere"]}, "UNKNOWN_SITE", "/sites/0"),
        ({**percent, "sites": list[str]()}, "INVALID_REQUEST", "/sites"),
        ({**percent, "categories": ["none"]}, "UNKNOWN_CATEGORY", "/categories"),
        ({**percent, "products": ["none", chair]}, "UNKNOWN_PRODUCT", "/products"),
    ]
    for body, code, pointer in wrong:
        problem(await shop.api.put(path, body), 422, code, pointer)

    made = await shop.api.put(path, percent)
    stale = await shop.api.put(path, {**percent, "name": "B"}, If_Match='"7"')
    assert made.status_code == 201
    assert problem(stale, 412, "STALE")["current"]["name"] == "A"
    other = await a_shop(shop.api, catalog)
    staff = shop.api.staff(other.site_id)
    problem(await staff.call("GET", path), 404, "NOT_FOUND")
    theirs = {**percent, "sites": [other.site]}
    problem(await staff.put(path, theirs), 404, "NOT_FOUND")
    await shop.api.put(path, {**percent, "sites": [shop.site, other.site]})
    problem(await staff.put(path, theirs), 403, "PROMOTION_SHARED")
    assert (await staff.get(path))["sites"] == [other.site]


def a_revision(command: RedeemCoupons, *skus: str, worth: int, taken: int = 0) -> QuoteLines:
    """Ask about goods that are added to an order that has used its coupon up."""
    [code] = command.coupons
    lines = tuple(LineAsked(line_id=place, sku=Sku(sku), units=1) for place, sku in enumerate(skus))
    standing = Standing(
        submission_id=command.submission_id,
        worth=Money(worth, "GBP"),
        taken={code: Money(taken, "GBP")} if taken else {},
    )
    return QuoteLines(
        site_id=command.site_id,
        customer_id=command.customer_id,
        coupons=command.coupons,
        lines=lines,
        with_availability=False,
        standing=standing,
    )


async def told(catalog: Catalog, question: QuoteLines) -> tuple[str | None, int]:
    """Give why the coupon does nothing, and what it takes off."""
    answer = await catalog.handle(question)
    assert isinstance(answer, LinesQuoted)
    [verdict] = answer.coupons
    assert sum(line.discount.minor for line in answer.lines) == verdict.discount.minor
    return verdict.refusal, verdict.discount.minor


async def test_a_coupon_that_an_order_has_used_up_keeps_its_word(
    shop: Shop, catalog: Catalog
) -> None:
    """CP-7, SU-11: for a revision, on the terms of its submission, and not used up once more."""
    chair = await shop.product(1000)
    off = {"name": "Ten", "kind": "percent", "basis_points": 1000, "needs_coupon": True}
    promotion = await shop.promotion(**off)
    code = await shop.voucher(promotion=promotion, limit_total=1)
    command = a_redemption(shop, code)
    assert await told(catalog, a_revision(command, chair, worth=0)) == (None, 100)
    assert await redeem(catalog, command) == "redeemed"

    later = {**off, "basis_points": 5000, "active": False, "valid_until": "2026-01-01T00:00:00Z"}
    await shop.put(f"/promotions/{promotion}", **{"name": "", "sites": [shop.site], **later})
    assert await told(catalog, a_revision(command, chair, worth=0)) == (None, 100)
    assert await used(shop, code) == 1
    other = a_redemption(shop, code)
    assert (await told(catalog, a_revision(other, chair, worth=0)))[0] == "COUPON_EXPIRED"
    assert (await verdict(shop, code, chair))["refusal"] == "COUPON_EXPIRED"


async def test_goods_that_stand_count_for_the_minimum_of_a_coupon(
    shop: Shop, catalog: Catalog
) -> None:
    """CP-7, SU-11: the minimum is that of the whole revised order, also where nothing is added."""
    chair = await shop.product(1000)
    deal = {"name": "x", "kind": "percent", "basis_points": 1000, "minimum": pounds(5000)}
    command = a_redemption(shop, await shop.voucher(terms=deal))
    assert await redeem(catalog, command) == "redeemed"
    short = ("COUPON_MINIMUM_NOT_REACHED", 0)
    assert await told(catalog, a_revision(command, chair, worth=4000)) == (None, 100)
    assert await told(catalog, a_revision(command, chair, worth=3999)) == short
    assert await told(catalog, a_revision(command, worth=4999)) == short
    assert (await told(catalog, a_revision(command, worth=5000)))[0] == "COUPON_WITHOUT_EFFECT"


async def test_a_coupon_tells_what_it_would_take_off_with_its_minimum(
    shop: Shop, catalog: Catalog
) -> None:
    """CP-7, SU-11: beside what promotions take off; so that it can come back for goods as added."""
    chair = await shop.product(1000)
    await shop.promotion(name="Sale", kind="percent", basis_points=1000)
    deal = {"name": "x", "kind": "percent", "basis_points": 2000, "minimum": pounds(5000)}
    command = a_redemption(shop, await shop.voucher(terms=deal))
    assert await redeem(catalog, command) == "redeemed"
    answer = await catalog.handle(a_revision(command, chair, worth=3999))
    assert isinstance(answer, LinesQuoted)
    [line] = answer.lines
    steps = {step.source: (step.amount.minor, step.withheld) for step in line.trace}
    assert (steps["promotion"], steps["coupon"]) == ((100, None), (0, Money(180, "GBP")))
    assert line.discount.minor == 100
    [code] = command.coupons
    assert (await verdict(shop, code, chair))["refusal"] == "COUPON_MINIMUM_NOT_REACHED"
    draft = await catalog.handle(
        a_revision(command, chair, worth=0).model_copy(update={"standing": None})
    )
    assert isinstance(draft, LinesQuoted)
    assert all(step.withheld is None for step in draft.lines[0].trace)


async def test_a_coupon_of_an_amount_gives_an_order_no_more_than_that(
    shop: Shop, catalog: Catalog
) -> None:
    """CP-7, SU-11: what it takes off goods that stand is not given again."""
    chair = await shop.product(1000)
    deal = {"name": "x", "kind": "amount", "amount": pounds(700)}
    command = a_redemption(shop, await shop.voucher(terms=deal))
    assert await redeem(catalog, command) == "redeemed"
    assert await told(catalog, a_revision(command, chair, worth=900, taken=500)) == (None, 200)
    nothing = ("COUPON_WITHOUT_EFFECT", 0)
    assert await told(catalog, a_revision(command, chair, worth=900, taken=700)) == nothing
