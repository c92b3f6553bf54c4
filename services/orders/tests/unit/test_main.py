"""What a process of this service alone knows, with no other service beside it."""

import subprocess
import sys

import pytest

SAGA_REPLIES = (
    "customers.customer-verified.v1",
    "customers.customer-refused.v1",
    "catalog.stock-reserved.v1",
    "catalog.stock-refused.v1",
    "catalog.stock-released.v1",
    "catalog.stock-allocated.v1",
    "payments.payment-authorised.v1",
    "payments.payment-declined.v1",
    "payments.payment-voided.v1",
    "payments.payment-captured.v1",
)


def test_every_reply_to_its_sagas_is_known_in_a_process_of_its_own() -> None:
    script = (
        "import sys, orders.main; from messaging.registry import message_class\n"
        "sys.exit(', '.join(t for t in sys.argv[1:] if message_class(t) is None))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *SAGA_REPLIES], capture_output=True, text=True, check=False
    )
    if done.stderr.strip():
        pytest.fail(f"not known: {done.stderr.strip()}")
