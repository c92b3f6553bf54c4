"""Why stock-keeping says no.

CatalogError
    UnknownReceipt          a refusal: none, or at a location of others
    ReceiptClosed           a refusal: nothing is expected of it any more
    UnknownReceiptLines     a refusal: products that the receipt does not announce
    OverBooked              a refusal: more came than was announced, and nobody said why
"""

from collections.abc import Collection, Mapping

from contracts.values import Sku

from catalog.domain.errors import CatalogError


class UnknownReceipt(CatalogError):
    """There is no such receipt, or it is at a location that the caller does not see."""


class ReceiptClosed(CatalogError):
    """Nothing is expected of the receipt any more.

    Attributes:
        state: ``booked`` or ``cancelled``.
    """

    def __init__(self, state: str) -> None:
        super().__init__(f"the receipt is {state}")
        self.state = state


class UnknownReceiptLines(CatalogError):
    """Some products are not on the receipt.

    Attributes:
        skus: In ascending order; never empty.
    """

    def __init__(self, skus: Collection[Sku]) -> None:
        super().__init__(f"not on the receipt: {', '.join(sorted(skus))}")
        self.skus = tuple(sorted(skus))


class OverBooked(CatalogError):
    """More came of some products than is still expected.

    Attributes:
        expected: Per such product, the units still expected.
    """

    def __init__(self, expected: Mapping[Sku, int]) -> None:
        super().__init__(f"more than is expected: {', '.join(sorted(expected))}")
        self.expected = dict(sorted(expected.items()))
