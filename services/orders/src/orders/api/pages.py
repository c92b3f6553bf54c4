"""Pages for customers: plain HTML that needs no script, and problems told in words.

Nothing from elsewhere is loaded but a gateway's field for cards, and that from nowhere else;
nothing is kept by caches, and the address, which holds a secret, is told to no other site.
"""

import base64
import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from decimal import Decimal
from importlib import resources
from typing import Any, cast

from chassis.problems import Problem, problem_of
from contracts.values import Money
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from iso4217 import Currency
from jinja2 import Environment, PackageLoader, StrictUndefined
from messaging.transport import Unanswered
from starlette.responses import Response
from typing_extensions import override

from orders.api.refusals import problem_of as problem_of_refusal
from orders.domain.errors import BeingEdited, LinkClosed, NoSuchPart, OrderError, StaleVersion

_STYLE = resources.files("orders.api").joinpath("templates/style.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_STRIPE = "https://js.stripe.com"
_STRIPES_OWN = (
    f"script-src 'self' {_STRIPE} https://*.js.stripe.com; "
    f"frame-src {_STRIPE} https://*.js.stripe.com https://hooks.stripe.com; "
    "connect-src https://api.stripe.com"
)
"""What Stripe says that its script needs for a card."""
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

_WORDS = {
    "LINK_REVOKED": "This link does not work any more. We may have sent you a newer one.",
    "LINK_EXPIRED": "This link has expired. Please contact us for a new one.",
    "ORDER_CANCELLED": "This order was cancelled. Nothing is charged.",
    "ORDER_HANDED_IN": "This order is already handed in. Nothing is charged twice.",
}


def written(money: Money) -> str:
    """Give an amount as people write it: ``1,250.00 GBP``."""
    try:
        decimals = Currency(money.currency).exponent or 0
    except ValueError:
        decimals = 0
    return f"{Decimal(money.minor).scaleb(-decimals):,} {money.currency}"


_templates = Environment(
    loader=PackageLoader("orders.api"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["money"] = written


def page(name: str, status: int = 200, *, script: str | None = None, **shown: object) -> Response:
    """Give a page; everything in ``shown`` is escaped.

    Args:
        name: Of the template.
        status: HTTP's.
        script: Where the script of a gateway's field for cards is; none: the page has none.
        shown: What the template needs.
    """
    text = _templates.get_template(name).render(shown, style=_STYLE, script=script)
    headers = HEADERS | {"Content-Security-Policy": f"{_POLICY}; {_needed(script)}"}
    return Response(text, status, headers if script else HEADERS, media_type="text/html")


def _needed(script: str | None) -> str:
    """Give what a page may load for a field's script: from where that is, and nowhere else."""
    origin = "/".join((script or "").split("/")[:3])
    if origin == _STRIPE:
        return _STRIPES_OWN
    return f"script-src 'self' {origin}; frame-src {origin}; connect-src {origin}"


def script(name: str) -> Response:
    """Give a script of ours."""
    text = resources.files("orders.api").joinpath(f"templates/{name}").read_text()
    headers = {"Cache-Control": "max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(text, headers=headers, media_type="text/javascript")


def notice(status: int, title: str, text: str, again: str | None = None) -> Response:
    """Give a page that says one thing; ``again`` is where the order can be looked at."""
    return page("notice.html", status, title=title, text=text, again=again)


def elsewhere(address: str) -> Response:
    """Lead to another page after a form was taken, so that it is not sent twice."""
    return Response(status_code=303, headers={**HEADERS, "Location": address})


class ToldOnPage(Exception):
    """A problem with the page that tells of it; raised, so that what was begun is rolled back."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class PageRoute(APIRoute):
    """Answers a page's problems with a page."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give what serves the page."""
        serve = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await serve(request)
            except Exception as error:
                raise ToldOnPage(_told(error, request)) from error

        return handler


async def _answer(_request: Request, error: ToldOnPage) -> Response:
    return error.response


def install_pages(app: FastAPI) -> None:
    """Answer the problems of pages with pages."""
    handler = cast("Callable[[Request, Exception], Awaitable[Response]]", _answer)
    app.add_exception_handler(ToldOnPage, handler)


def _told(error: Exception, request: Request) -> Response:
    again = request.url.path.removesuffix("/result")
    match error:
        case LinkClosed():
            return notice(410, "This link is closed", _WORDS[error.code])
        case NoSuchPart(what="link"):
            text = "There is no order at this address. Please check that you have the whole link."
            return notice(404, "Nothing here", text)
        case StaleVersion():
            text = "The order was changed in the meantime. Please review it once more."
            return notice(409, "The order has changed", text, again)
        case BeingEdited():
            text = "We are working on your order just now. Please try again in a few minutes."
            return notice(409, "One moment, please", text, again)
        case Unanswered():
            text = "We cannot look everything up just now. Please try again in a moment."
            return notice(503, "One moment, please", text, again)
        case _:
            return _of_problem(_problem(error), again)


def _problem(error: Exception) -> Problem:
    return problem_of_refusal(error) if isinstance(error, OrderError) else problem_of(error)


def _of_problem(problem: Problem, again: str) -> Response:
    if problem.status < 500 and problem.status != 409:
        return notice(problem.status, "That did not work", problem.detail, again)
    text = "Something went wrong here. Please try again in a moment."
    return notice(problem.status, "That did not work", text, again)
