"""Gift cards on a customer's page: codes are read here, and go neither further nor back.

Of a card that was found the page has the code's digest, sealed, to be ticked; no other order's page
takes it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from contracts.card_numbers import holds_card_number
from contracts.gift_cards import CodeDigest, code_digest, code_ending

from orders.gateways.links import LinkSigner

FIELD = "gift-cards"
"""Where codes are typed."""
_MOST = 5
"""Gift cards that one order may be paid with on the page."""
_CODE = re.compile(r"[A-Za-z0-9 -]{4,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PageCard:
    """A gift card that the customer has named.

    Attributes:
        ending: The last letters of its code, by which they know it.
        typed: Its code as they typed it just now; none: the card is ticked.
    """

    digest: CodeDigest
    ending: str
    typed: str | None = None


@dataclass(frozen=True, slots=True)
class CardSeal:
    """Seals the cards of one link's page, and opens them again."""

    signer: LinkSigner
    link_id: UUID

    def sealed(self, card: PageCard) -> str:
        """Give what the page has of a card."""
        return self.signer.sealed(self.link_id, {"digest": card.digest, "ending": card.ending})

    def opened(self, sealed: str) -> PageCard | None:
        """Read that; none: it was not sealed for this page."""
        if (said := self.signer.opened(self.link_id, sealed)) is None:
            return None
        return PageCard(CodeDigest(said["digest"]), said["ending"])


def named_cards(
    values: Mapping[str, str], faults: dict[str, str], seal: CardSeal
) -> list[PageCard]:
    """Read the gift cards that were ticked or typed, each once; what is wrong is noted."""
    ticked = [seal.opened(values.get(f"gift-card-{place}", "")) for place in range(1, _MOST + 1)]
    found = {card.digest: card for card in ticked if card is not None}
    codes = [code for text in values.get(FIELD, "").split(",") if (code := text.strip())]
    if any(holds_card_number(code) for code in codes):
        faults[FIELD] = "This looks like a card number; please do not send one."
    elif not all(_CODE.fullmatch(code) for code in codes):
        faults[FIELD] = "Please give the codes as they stand on the cards."
    elif len({*codes}) + len(found) > _MOST:
        faults[FIELD] = f"Please give {_MOST} gift cards at most."
    else:
        for code in codes:
            card = PageCard(code_digest(code), code_ending(code), code)
            found.setdefault(card.digest, card)
    return list(found.values())


def wrong_card(cards: list[PageCard], left: Mapping[CodeDigest, int]) -> str | None:
    """Say which cards there are not, or have nothing left; none: all can be used."""
    unknown = [
        card.typed or f"ending in {card.ending}" for card in cards if card.digest not in left
    ]
    if unknown:
        return f"There is no gift card {', '.join(unknown)}."
    if empty := [card.ending for card in cards if left[card.digest] <= 0]:
        return f"There is nothing left on the gift card ending in {', '.join(empty)}."
    return None
