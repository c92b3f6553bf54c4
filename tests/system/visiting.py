"""A customer with a mail, a browser and a card, on the whole running system."""

import re
from html import unescape

import httpx2

from tests.system.running import Client, Json, wait_for

_PATIENCE = 120.0


def address_in_mail(client: Client, subject: str) -> str:
    """Give where the link of a mail leads; without a mail server mails are read from a list."""

    def mail() -> Json | None:
        found = client.get("/api/customers/v1/mails")["items"]
        return next((one for one in found if subject in one["subject"]), None)

    found = re.search(r"https?://\S+/checkout/\S+", wait_for(mail, timeout=_PATIENCE)["text"])
    assert found is not None
    return found[0]


def pay_at_bank(address: str) -> None:
    """Pay for an order on its page by a card whose bank asks first, and say yes there."""
    with httpx2.Client(timeout=30) as browser:
        page = browser.get(address)
        version = re.search(r'name="version" value="(\d+)"', page.text)
        assert version is not None, page.text
        form = {"version": version[1], "do": "pay", "method": "card", "token": "tok_action"}
        taken = browser.post(address, data=form)
        assert taken.status_code == 303, taken.text

        def bank() -> str | None:
            shown = browser.get(f"{address}/result")
            found = re.search(r'href="([^"]+/test-bank/[^"]+)"', shown.text)
            return unescape(found[1]) if found else None

        page_of_bank = wait_for(bank, timeout=_PATIENCE)
        assert "test bank" in browser.get(page_of_bank).text.lower()
        answered = browser.post(page_of_bank, data={"answer": "yes"})
        back = browser.get(answered.headers["location"])
        assert (back.status_code, back.headers["location"][-7:]) == (303, "/result"), back.text

        def thanked() -> bool:
            return "Thank you for your order" in browser.get(f"{address}/result").text

        wait_for(thanked, timeout=_PATIENCE)
