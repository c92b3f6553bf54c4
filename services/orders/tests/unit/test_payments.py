"""What a payment of each kind brings with it."""

import pytest
from contracts.gift_cards import CodeDigest, code_digest
from orders.domain.payments import PaymentTerms, digested

DIGEST = CodeDigest("f48b3f")


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        (PaymentTerms("card", token="tok_ok"), []),
        (PaymentTerms("card", code_digest=DIGEST), ["PAYMENT_TOKEN_MISSING"]),
        (PaymentTerms("gift-card", code_digest=DIGEST), []),
        (PaymentTerms("gift-card"), ["PAYMENT_TOKEN_MISSING"]),
        (
            PaymentTerms("gift-card", token="BCDF-GHJK-LMNP-QRST"),
            ["PAYMENT_TOKEN_MISSING", "PAYMENT_TOKEN_NOT_WANTED"],
        ),
        (
            PaymentTerms("gift-card", token="BCDF", code_digest=DIGEST),
            ["PAYMENT_TOKEN_NOT_WANTED"],
        ),
        (PaymentTerms("check", token="tok_ok"), ["PAYMENT_TOKEN_NOT_WANTED"]),
    ],
)
def test_no_order_takes_the_code_of_a_gift_card(terms: PaymentTerms, codes: list[str]) -> None:
    """PA-3: only its digest; a mistake in the code would be refused, not kept."""
    assert [fault.code for fault in terms.faults("/payments/0")] == codes


def test_what_earlier_releases_kept_is_read_without_the_code() -> None:
    """PA-3: of gift cards; the tokens of others stay."""
    kept = {"method": "gift-card", "token": "bcdf ghjk", "amount": 5}
    read = {"method": "gift-card", "amount": 5, "code_digest": code_digest("BCDF-GHJK")}
    assert digested(kept) == read
    for other in (read, {"method": "card", "token": "tok_ok"}, {"method": "gift-card"}):
        assert digested(other) == other
    nothing = {"method": "gift-card", "token": None}
    assert digested(nothing) == nothing
