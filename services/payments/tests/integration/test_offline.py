import asyncio
from uuid import uuid4

import pytest
from contracts.payments.commands import AuthorisePayment, CapturePayment
from contracts.values import Money, OrderId, PaymentId, SiteId
from payments.domain.methods import Method

from services.payments.tests.driving import Payments, a_site, a_void, an_authorisation

PAN = "4111 1111 1111 1111"


@pytest.mark.parametrize("method", [method for method in Method if method.offline])
async def test_an_offline_payment_is_pending_in_the_transaction_that_asked(
    payments: Payments, method: Method
) -> None:
    """PA-3, PA-7."""
    asked = an_authorisation(
        await payments.site(), card=None, method=method.value, terms={"number": "PO-7"}
    )
    capture = CapturePayment(payment_id=asked.payment_id)

    ids = await payments.send(asked, capture, a_void(asked))

    assert [await payments.answered(id_) for id_ in ids] == ["pending", "pending", "voided"]
    assert await payments.events(asked.payment_id) == [(1, "pending"), (2, "voided")]
    assert await payments.open() == 0


def parts_of(site: SiteId, *amounts: int, total: int = 1250) -> list[AuthorisePayment]:
    """Ask for several payments of one order."""
    order_id = OrderId(uuid4())
    return [
        an_authorisation(
            site,
            card=None,
            method="check",
            order_id=order_id,
            amount=Money(amount, "GBP"),
            order_total=Money(total, "GBP"),
        )
        for amount in amounts
    ]


async def test_payments_that_share_an_order_come_to_no_more_than_it_costs(
    payments: Payments,
) -> None:
    """PA-8: refused at the authorisation; a void leaves room, and what is repeated takes none."""
    first, second, third, fourth = parts_of(await payments.site(), 800, 451, 450, 800)
    ids = await payments.send(first, second, third)
    ids += await payments.send(a_void(first), fourth, third, second)
    assert [await payments.answered(id_) for id_ in ids] == [
        "pending",
        "PAYMENTS_EXCEED_TOTAL",
        "pending",
        "voided",
        "pending",
        "pending",
        "PAYMENTS_EXCEED_TOTAL",
    ]


async def test_payments_asked_for_at_once_come_to_no_more_than_the_order_costs(
    payments: Payments,
) -> None:
    """PA-8: two workers that do not see each other's payment yet."""
    for _ in range(5):
        parts = parts_of(await payments.site(), 800, 700, 600)
        async with asyncio.TaskGroup() as workers:
            sent = [workers.create_task(payments.send(part)) for part in parts]
        answers = [await payments.answered(id_) for one in sent for id_ in one.result()]
        assert sorted(str(answer) for answer in answers) == [
            "PAYMENTS_EXCEED_TOTAL",
            "PAYMENTS_EXCEED_TOTAL",
            "pending",
        ]


async def test_a_payment_in_another_currency_than_its_order_is_refused(payments: Payments) -> None:
    """PA-8, CP-8."""
    asked = an_authorisation(await payments.site(), order_total=Money(9900, "EUR"))
    [id_] = await payments.send(asked)
    assert await payments.answered(id_) == "CURRENCY_MISMATCH"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"method": "barter"}, "UNKNOWN_PAYMENT_METHOD"),
        ({"amount": Money(1, "EUR")}, "CURRENCY_MISMATCH"),
        ({"amount": Money(0, "GBP")}, "AMOUNT_OUT_OF_RANGE"),
        ({"token": None}, "PAYMENT_TOKEN_MISSING"),
        ({"method": "purchase-order", "token": None}, "PAYMENT_TERMS_MISSING"),
    ],
)
async def test_what_the_site_does_not_take_is_declined_and_stays_so(
    payments: Payments, given: dict[str, object], code: str
) -> None:
    """PA-3, PA-7: asked again under another id, the answer is the same."""
    asked = an_authorisation(await payments.site(), **given)

    ids = [*await payments.send(asked), *await payments.send(asked), *await payments.send(asked)]

    assert [await payments.answered(id_) for id_ in ids] == [code] * 3
    assert await payments.events(asked.payment_id) == [(1, "declined")]
    assert await payments.open() == 0


@pytest.mark.parametrize(
    "given",
    [
        {"token": PAN},
        {"method": PAN},
        {"token": None, "method": "purchase-order", "terms": {"number": PAN.replace(" ", "-")}},
        {"token": None, "method": "check", "terms": {PAN: "x"}},
    ],
)
async def test_a_card_number_is_refused_and_not_kept(
    payments: Payments, given: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """PA-2."""
    asked = an_authorisation(await payments.site(), **given)

    (id_,) = await payments.send(asked)

    assert await payments.answered(id_) == "CARD_NUMBER_REFUSED"
    for table in ("payment", "outbox", "inbox", "parked_message"):
        rows = await payments.rows(f"SELECT t::text FROM {table} t")  # noqa: S608
        assert not any("1111" in row[0] for row in rows), table
    bodies = await payments.rows("SELECT convert_from(body, 'UTF8') FROM outbox")
    assert not any("4111" in row[0] for row in bodies)
    assert "1111" not in caplog.text


async def test_a_void_that_overtakes_refuses_the_authorisation(payments: Payments) -> None:
    """PA-7, fault 9."""
    asked = an_authorisation(await payments.site())

    (void,) = await payments.send(a_void(asked))
    (authorise,) = await payments.send(asked)
    (again,) = await payments.send(asked)

    assert await payments.answered(void) == "voided"
    assert await payments.answered(authorise) == "PAYMENT_VOIDED"
    assert await payments.answered(again) == "PAYMENT_VOIDED"
    assert await payments.events(asked.payment_id) == [(1, "voided")]
    assert await payments.open() == 0


async def test_a_repeated_command_is_answered_in_the_same_words(payments: Payments) -> None:
    """I2, I7."""
    asked = an_authorisation(await payments.site(), card=None, method="check")
    ids = await payments.send(asked)
    first = await payments.replies(ids[0])

    await payments.send(asked, ids=ids)

    assert await payments.replies(ids[0]) == first
    assert await payments.events(asked.payment_id) == [(1, "pending")]


async def test_a_payment_that_nobody_asked_for_is_not_captured(payments: Payments) -> None:
    """I1: a command that cannot be done yet is put off, not lost."""
    (id_,) = await payments.send(CapturePayment(payment_id=PaymentId(uuid4())))

    assert await payments.answered(id_) is None
    assert len(await payments.rows("SELECT 1 FROM outbox WHERE routing_key LIKE '%.commands'")) == 1


async def test_a_site_that_is_not_known_yet_is_waited_for(payments: Payments) -> None:
    """I1: the site's event may be slower than its first order."""
    site = a_site()
    asked = an_authorisation(site.site_id, card=None, method="check")
    (early,) = await payments.send(asked)

    await payments.send(site)
    (late,) = await payments.send(asked)

    assert await payments.answered(early) is None
    assert await payments.answered(late) == "pending"


async def test_the_highest_version_of_a_site_stands(payments: Payments) -> None:
    """CS-1: events may overtake each other."""
    newer = a_site(currency="EUR", version=3)
    older = newer.model_copy(update={"version": 2, "currency": "GBP"})

    await payments.send(newer, older, newer)

    rows = await payments.rows("SELECT version, currency FROM site")
    assert [tuple(row) for row in rows] == [(3, "EUR")]
