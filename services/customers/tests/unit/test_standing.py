from typing import Any
from uuid import UUID

import pytest
from contracts.values import CustomerSetId
from customers.domain.standing import SENTENCES, Block, Standing

HERE, THERE = CustomerSetId(UUID(int=1)), CustomerSetId(UUID(int=2))


@pytest.mark.parametrize(
    ("facts", "block"),
    [
        ({}, None),
        ({"site_set": None}, Block.UNKNOWN_SITE),
        ({"customer_set": None}, Block.UNKNOWN_CUSTOMER),
        ({"customer_set": THERE}, Block.CUSTOMER_SET_MISMATCH),
        ({"is_staff": True}, Block.CUSTOMER_IS_STAFF),
        ({"disabled": True}, Block.CUSTOMER_DISABLED),
        ({"complete": False}, Block.CUSTOMER_INCOMPLETE),
        ({"erased": True, "complete": False}, Block.CUSTOMER_ERASED),
        ({"site_active": False}, Block.SITE_INACTIVE),
        ({"customer_set": THERE, "erased": True}, Block.CUSTOMER_SET_MISMATCH),
        ({"customer_set": THERE, "is_staff": True}, Block.CUSTOMER_SET_MISMATCH),
    ],
)
def test_an_order_is_refused_for_one_reason(facts: dict[str, Any], block: Block | None) -> None:
    """CS-3, CU-7, SE-5; of a customer of another set nothing more is told (CS-2)."""
    known: dict[str, Any] = {"site_set": HERE, "customer_set": HERE}

    assert Standing(**known | facts).block == block


def test_every_reason_has_a_sentence() -> None:
    assert SENTENCES.keys() == set(Block)
