"""The script of the customer's page, run by Node on a page and a Stripe of paper."""

import json
import shutil
import subprocess
from importlib import resources
from typing import Any

import pytest

_PAPER = """
const sent = { token: null, submitted: 0, prevented: 0, asked: 0 };
const fault = { textContent: "" };
const token = { value: "" };
const place = { dataset: { key: "pk_test_1" }, textContent: "needs JavaScript",
                closest: () => form };
let listens = null;
const form = {
  addEventListener: (kind, does) => { listens = does; },
  querySelector: (what) => what.includes("checked") ? CHOSEN : token,
  append: (field) => { sent.appended = [field.name, field.value]; },
  submit: () => { sent.submitted += 1; sent.token = token.value; },
};
globalThis.document = {
  getElementById: (id) => ({ "card-field": PLACE, "card-fault": fault })[id] ?? null,
  createElement: () => ({}),
};
const card = { mount: (where) => { sent.mounted = where === place; } };
if (HAS_STRIPE) {
  globalThis.Stripe = (key) => {
    sent.key = key;
    return {
      elements: () => ({ create: () => card }),
      createPaymentMethod: async ({ type, card: of }) => {
        sent.asked += 1;
        if (of !== card || type !== "card") throw new Error("not the card");
        return ANSWER;
      },
    };
  };
}
"""
_RUN = """
const button = { value: PRESSED, disabled: false };
const event = { submitter: button, preventDefault: () => { sent.prevented += 1; } };
if (listens !== null) await listens(event);
console.log(JSON.stringify({ ...sent, fault: fault.textContent, said: place.textContent,
                             disabled: button.disabled }));
"""


def browse(**page: str) -> dict[str, Any]:
    """Press a button on the page; gives what came of it."""
    if shutil.which("node") is None:
        pytest.skip("there is no Node here")
    known = {
        "PLACE": "place",
        "HAS_STRIPE": "true",
        "CHOSEN": '({ value: "card" })',
        "PRESSED": '"pay"',
        "ANSWER": '{ paymentMethod: { id: "pm_1" } }',
    }
    script = resources.files("orders.api").joinpath("templates/card-field.js").read_text()
    paper, run = _PAPER, _RUN
    for name, value in (known | page).items():
        paper, run = paper.replace(name, value), run.replace(name, value)
    done = subprocess.run(
        ["node", "--input-type=module", "-e", paper + script + run],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_cards_token_is_sent_and_not_its_number() -> None:
    """PA-2: the field is Stripe's; what the form has of it is the token."""
    done = browse()
    assert (done["key"], done["mounted"], done["said"]) == ("pk_test_1", True, "")
    assert (done["token"], done["submitted"], done["prevented"]) == ("pm_1", 1, 1)
    assert done["appended"] == ["do", "pay"]
    assert done["disabled"], "nobody presses it twice"


def test_a_card_that_stripe_refuses_is_told_at_the_field() -> None:
    """PA-2: and may be tried again."""
    done = browse(ANSWER='{ error: { message: "Your card number is incomplete." } }')
    assert (done["submitted"], done["disabled"]) == (0, False)
    assert done["fault"] == "Your card number is incomplete."
    lost = browse(ANSWER='(() => { throw new Error("offline"); })()')
    assert (lost["submitted"], "try again" in lost["fault"]) == (0, True)


@pytest.mark.parametrize(
    "page",
    [
        {"PRESSED": '"update"'},
        {"PRESSED": '"split"'},
        {"CHOSEN": '({ value: "bank-transfer" })'},
        {"CHOSEN": "null"},
    ],
)
def test_other_ways_to_pay_and_buttons_are_left_alone(page: dict[str, str]) -> None:
    """PA-5: the form goes its usual way."""
    done = browse(**page)
    assert (done["prevented"], done["asked"]) == (0, 0)


def test_without_stripes_script_the_page_keeps_saying_what_to_do() -> None:
    """PA-2: blocked, or away."""
    done = browse(HAS_STRIPE="false")
    assert (done["said"], done["prevented"]) == ("needs JavaScript", 0)
    browse(PLACE="null")
