"""The promotions and coupons of a quote, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from contracts.catalog.questions import QuoteLines
from contracts.catalog.quotes import CouponVerdict
from contracts.values import Money

from catalog.domain.discounts import Deal, Goods, Outcome, Verdict, discount, withheld
from catalog.domain.pricing import Step
from catalog.domain.promotions import (
    DETAILS,
    Buyer,
    Promotion,
    PromotionTerms,
    Refused,
    Voucher,
    folded_code,
    is_voucher_code,
    judge,
)
from catalog.domain.selling import Selling
from catalog.handlers.unit_of_work import Pricing

_REFUSED = {
    Verdict.MINIMUM_NOT_REACHED: Refused.MINIMUM_NOT_REACHED,
    Verdict.NOT_COMBINABLE: Refused.NOT_COMBINABLE,
    Verdict.WITHOUT_EFFECT: Refused.WITHOUT_EFFECT,
}


@dataclass(frozen=True, slots=True)
class Deals:
    """What may take something off.

    Attributes:
        automatic: Promotions without a coupon, by key.
        vouchers: By folded code, each with its promotion; also those that are refused.
        refused: By folded code, why a voucher does nothing whatever the goods.
        currency: Of what is taken off.
        given: By folded code, what coupons take off other goods of the same order.
        standing: What those goods are worth; none: there are no others.
    """

    automatic: Mapping[str, Promotion]
    vouchers: Mapping[str, tuple[Voucher, Promotion]]
    refused: Mapping[str, Refused]
    currency: str
    given: Mapping[str, int] = field(default_factory=dict[str, int])
    standing: int | None = None

    @property
    def promotions(self) -> Sequence[PromotionTerms]:
        """Give the terms of all that may take effect."""
        coupons = [p for key, (_, p) in self.vouchers.items() if key not in self.refused]
        return [promotion.terms for promotion in [*self.automatic.values(), *coupons]]

    @property
    def able(self) -> Sequence[Deal]:
        """Give what they would do to goods."""
        coupons = {k: p for k, (_, p) in self.vouchers.items() if k not in self.refused}
        both = [*self.automatic.items(), *coupons.items()]
        return [p.deal(key, self.given.get(key, 0)) for key, p in both]

    def outcome(self, goods: Sequence[Goods]) -> Outcome:
        """Give what they do to goods."""
        return discount(goods, self.able, standing=self.standing or 0)

    def steps(self, goods: Sequence[Goods], outcome: Outcome) -> Mapping[int, Sequence[Step]]:
        """Tell what an outcome takes off each line, and what coupons of an order hold back."""
        off = [(part, self._step(part.key, part.amount)) for part in outcome.off]
        if self.standing is not None:
            for part in withheld(goods, self.able, outcome, self.vouchers):
                held = Money(part.amount, self.currency)
                off.append((part, replace(self._step(part.key, 0), withheld=held)))
        places = {deal.key: deal.order for deal in self.able}
        steps: dict[int, list[Step]] = {}
        for part, step in sorted(off, key=lambda one: places[one[0].key]):
            steps.setdefault(part.line_id, []).append(step)
        return steps

    def _step(self, key: str, minor: int) -> Step:
        amount = Money(minor, self.currency)
        if key in self.automatic:
            promotion = self.automatic[key]
            return Step("promotion", amount, promotion.code, promotion.terms.name)
        voucher, promotion = self.vouchers[key]
        return Step("coupon", amount, voucher.code, promotion.terms.name)

    def taken(self, outcome: Outcome) -> tuple[str, ...]:
        """Give the codes of the promotions without a coupon that took effect."""
        return tuple(
            sorted(
                promotion.code
                for key, promotion in self.automatic.items()
                if outcome.verdicts.get(key) is Verdict.APPLIED
            )
        )


async def asked_deals(question: QuoteLines, selling: Selling, pricing: Pricing) -> Deals:
    """Look up the promotions of a site, and the coupons that a question names."""
    site, at = selling.site, selling.at
    promotions: Sequence[Promotion] = ()
    if selling.has_deals:
        promotions = await pricing.offers.automatic(site.site_id, at)
    keys = {folded_code(code) for code in question.coupons}
    found = await pricing.vouchers.named([key for key in keys if is_voucher_code(key)])
    promised = await _promised(question, pricing)
    for key in promised.keys() & found.keys():
        voucher, promotion = found[key]
        found[key] = voucher, replace(promotion, terms=promised[key] or promotion.terms)
    uses: Mapping[str, int] = {}
    if question.customer_id is not None and found:
        uses = await pricing.vouchers.uses(found.keys(), question.customer_id)
    buyer = Buyer(site.site_id, site.currency, question.customer_id, at)
    refused = dict[str, Refused]()
    for key, (voucher, promotion) in found.items():
        if key in promised:
            continue
        why = judge(voucher, promotion, buyer, used_by_customer=uses.get(key, 0))
        if why is None and promotion.terms.level not in {None, question.level}:
            why = Refused.NOT_FOR_CUSTOMER
        if why is not None:
            refused[key] = why
    automatic = {
        # No voucher's code has a colon: the keys of the two kinds cannot meet.
        f"promotion:{promotion.code}": promotion
        for promotion in promotions
        if promotion.terms.level in {None, question.level}
        and promotion.terms.currency in {None, site.currency}
    }
    standing = question.standing
    if standing is None:
        return Deals(automatic, found, refused, site.currency)
    taken = {folded_code(code): amount.minor for code, amount in standing.taken.items()}
    return Deals(automatic, found, refused, site.currency, taken, standing.worth.minor)


async def _promised(question: QuoteLines, pricing: Pricing) -> Mapping[str, PromotionTerms | None]:
    """Give the coupons that the order has used up before: what they did then they do now."""
    if question.standing is None or not question.coupons:
        return {}
    return await pricing.vouchers.redeemed(question.standing.submission_id)


def verdicts(
    asked: Sequence[str], deals: Deals, outcome: Outcome, currency: str
) -> tuple[CouponVerdict, ...]:
    """Tell of every coupon what it does, or why it does nothing (CP-7)."""
    seen, told = set[str](), list[CouponVerdict]()
    for code in asked:
        key = folded_code(code)
        refused = Refused.NOT_COMBINABLE if key in seen else _refused(key, deals, outcome)
        seen.add(key)
        told.append(_verdict(code, refused, deals, outcome, currency))
    return tuple(told)


def _refused(key: str, deals: Deals, outcome: Outcome) -> Refused | None:
    if key not in deals.vouchers:
        return Refused.UNKNOWN
    return deals.refused.get(key) or _REFUSED.get(outcome.verdicts[key])


def _verdict(
    code: str, refused: Refused | None, deals: Deals, outcome: Outcome, currency: str
) -> CouponVerdict:
    key = folded_code(code)
    found = deals.vouchers.get(key)
    if found is None or refused is Refused.UNKNOWN:
        return CouponVerdict(
            code=code,
            refusal=Refused.UNKNOWN.value,
            detail=DETAILS[Refused.UNKNOWN],
            discount=Money(0, currency),
        )
    voucher, promotion = found
    off = 0 if refused else outcome.of(key)
    return CouponVerdict(
        code=voucher.code,
        promotion=promotion.code,
        name=promotion.terms.name,
        refusal=refused and refused.value,
        detail=refused and DETAILS[refused],
        discount=Money(off, currency),
        free_shipping=not refused and key in outcome.free_shipping,
    )
