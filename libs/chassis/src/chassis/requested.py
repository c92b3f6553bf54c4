"""Guards what stands outside a request's body: its address and its key (PA-2)."""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from contracts.card_numbers import surely_holds_card_number
from starlette.types import Scope

from chassis.problem import FieldError, Problem

_KEY = b"idempotency-key"
_PHONE_DIGITS = 15
_DETAIL = "this looks like a card number, which is neither taken nor kept"


def refuse_card_numbers(scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """Have nobody send a card number where it would be looked up, kept or logged.

    Barcodes and phone numbers are looked for, and are shorter than the cards of the great networks.

    Raises:
        Problem: 422, naming each place.
    """
    places = list(dict.fromkeys(_places(scope, headers)))
    if places:
        errors = [FieldError(None, "CARD_NUMBER_REFUSED", _DETAIL, place) for place in places]
        raise Problem(422, "INVALID_REQUEST", f"not acceptable: {', '.join(places)}", errors)


def _places(scope: Scope, headers: Mapping[bytes, bytes]) -> Iterator[str]:
    if surely_holds_card_number(scope["path"]):
        yield "path"
    query: bytes = scope.get("query_string", b"")
    if query:
        for name, value in parse_qsl(query.decode("latin-1")):
            if surely_holds_card_number(name):
                yield "query"
            elif surely_holds_card_number(value) and not _is_phone(value):
                yield f"query: {name}"
    if surely_holds_card_number(headers.get(_KEY, b"").decode("latin-1")):
        yield "header: Idempotency-Key"


def _is_phone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return text.lstrip().startswith("+") and digits <= _PHONE_DIGITS
