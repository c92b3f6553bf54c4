"""The rules that Tradecounter promises to keep, by id, in one line each.

Tests name the ids they prove in their docstrings; docs/coverage.md is written from both.
"""

from collections.abc import Mapping

RULES: Mapping[str, Mapping[str, str]] = {
    "Sites and customer sets": {
        "CS-1": "a site is chosen first; with one only, silently",
        "CS-2": "a search inside an order finds customers of the site's set only",
        "CS-3": "an order for a customer of another set is refused",
        "CS-4": "one set per customer and per site at a time; both can be moved",
        "CS-5": "moved while a draft is open: readable, not submitted, correctable",
        "CS-6": "an e-mail is unique per customer set, in any case of letters",
        "CS-7": "a customer made inside an order gets the set of its site",
        "CS-8": "a draft's site may be changed; the answer is a diff",
        "CS-9": "several sites and none chosen: refused with what to do",
    },
    "Customers": {
        "CU-1": "at least one phone, kept in E.164",
        "CU-2": "a default billing and a default shipping address, never removed",
        "CU-3": "all violations in one answer, one entry per field",
        "CU-4": "mandatory fields and formats follow the country",
        "CU-5": "a customer just created is bound to the order",
        "CU-6": "account data is verified, corrected and confirmed",
        "CU-7": "no order for a staff account",
        "CU-8": "no customer password is asked for, shown or changed",
        "CU-9": "customers without a sign-in; invitation by a single-use link",
        "CU-10": "a storefront checkout creates or updates the customer",
        "CU-11": "customers with more attributes, picked later",
        "CU-12": "the customer list: columns, sorting, filters, cursor",
        "CU-13": "a duplicate e-mail is refused and the existing customer offered",
        "CU-14": "levels decide prices and visible products",
    },
    "Search": {
        "SE-1": "first letters of names and e-mail, any case, any accent",
        "SE-2": "also by number, phone and order number, within the set",
        "SE-3": "details without choosing",
        "SE-4": "products by words, SKU or barcode: visible ones, with price and stock",
        "SE-5": "who cannot be chosen is marked",
        "SE-6": "under 50 ms at p95 with a million of each",
    },
    "The order-entry session": {
        "SN-1": "Cancel drops everything, Done keeps it for the customer",
        "SN-2": "a draft is parked by itself, resumed with a lease, taken over on record",
        "SN-3": "cart takeover is its own mode and permission",
        "SN-4": "two staff on one draft: nothing is overwritten silently",
        "SN-5": "the list of existing orders filters and pages",
    },
    "Past carts and orders": {
        "HI-1": "a customer's carts and orders are listed",
        "HI-2": "a cart as the basis: lines kept, marked and re-priced",
        "HI-3": "an order as the basis: lines and addresses, no number, no payments",
        "HI-4": "only where the products are sold on this site",
    },
    "Catalogue and prices": {
        "CP-1": "staff see the customer's products and prices",
        "CP-2": "options must be chosen",
        "CP-3": "customisation text within the product's limit",
        "CP-4": "price lists on the order",
        "CP-5": "re-pricing never switches the basis; every line has its trace",
        "CP-6": "adjustments up and down, with reason and author, never below zero",
        "CP-7": "coupons and vouchers, used up exactly once",
        "CP-8": "the site's currency, whole minor units",
        "CP-9": "prices are checked again at submission",
    },
    "Inventory": {
        "IN-1": "stock beside the quantity",
        "IN-2": "aggregate for shipping, each location's own for pickup and delivery",
        "IN-3": "current and future parts, with dates",
        "IN-4": "available, and what can be promised; current before future",
        "IN-5": "future stock within the site's horizon; receipts move it once",
        "IN-6": "pending until the receipt is booked",
        "IN-7": "safety stock is not sold; untracked is always available",
        "IN-8": "one ledger per product and location",
        "IN-9": "more than available: refuse, backorder or permission",
        "IN-10": "only at the site's locations; shipping may split, pickup may not",
        "IN-11": "reservations expire; a submission consumes the draft's own",
        "IN-12": "never oversold",
        "IN-13": "every stock answer has its as-of time",
    },
    "Fulfilment and addresses": {
        "FU-1": "each line ships, is collected or delivered",
        "FU-2": "a shipping price only while a line ships",
        "FU-3": "only shipping methods that fit are offered",
        "FU-4": "offer the shipping, and take the offer back",
        "FU-5": "addresses are prefilled and edited for the order only",
        "FU-6": "a new customer's address is mandatory",
        "FU-7": "country limits hold for shipping, not for billing",
    },
    "Gift and notes": {
        "GI-1": "a gift message for the order",
        "GI-2": "a gift message for a line",
        "GI-3": "customer notes and staff notes apart",
    },
    "Totals": {
        "TO-1": "parts that add up to the cent, tax inclusive and exclusive",
        "TO-2": "a summary before finishing",
        "TO-3": "every change is saved as it is made",
    },
    "Payment": {
        "PA-1": "payments open with customer and line",
        "PA-2": "never a card number",
        "PA-3": "the other types, configured per site",
        "PA-4": "the customer pays first; keying needs a permission",
        "PA-5": "a signed, expiring link; late payments are given back",
        "PA-6": "hand-over to the storefront's checkout",
        "PA-7": "the states, unknown among them; one key for ever",
        "PA-8": "several payments, never more than the total",
        "PA-9": "capture by policy; cancelling says what it gives back",
    },
    "Submission and life cycle": {
        "SU-1": "site, customer and a line are enough",
        "SU-2": "without payment: a warning, no obstacle",
        "SU-3": "submitted once, however often asked",
        "SU-4": "what cannot be ordered is refused at once",
        "SU-5": "the saga, and its way back",
        "SU-6": "the saga is visible, live",
        "SU-7": "partial stock by policy",
        "SU-8": "cancel wins; late replies are compensated",
        "SU-9": "what cannot be undone waits for an operator",
        "SU-10": "everything is checked again at submission",
        "SU-11": "cancel and revise after submission",
    },
    "Roles, audit, events": {
        "SC-1": "staff see their sites only",
        "SC-2": "the audit names who, for whom, when, before, after",
        "SC-3": "each action has a permission",
        "EV-1": "every event is complete, with a gapless sequence per order",
        "EV-2": "no event before its commit, none lost, order kept",
        "EV-3": "queues and webhooks: retries, log, redelivery, replay",
        "EV-4": "one bad record breaks no list and no queue",
        "OB-1": "bulk orders: dry run, progress, report by row, resumable",
    },
}
"""By section; a rule is never taken out."""

PLANNED: frozenset[str] = frozenset()
"""Rules that no test proves yet; one that is proved must leave this list."""


def every_rule() -> dict[str, str]:
    """Give all rules, by id, in order."""
    return {id_: rule for section in RULES.values() for id_, rule in section.items()}
