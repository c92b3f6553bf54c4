"""What the customers service needs to know besides what every service does."""

from typing import Annotated

from annotated_types import Gt
from chassis.settings import ServiceSettings
from chassis.settings_faults import like

SmtpUrl = Annotated[
    str,
    like(
        r"smtps?://[^/\s]+/?",
        "the address of a mail server",
        "smtp://user:password@mail.example:587",
    ),
]


class CustomersSettings(ServiceSettings):
    """Read from ``CUSTOMERS_*`` and ``TRADECOUNTER_*``.

    Attributes:
        smtp_url: Where mails are handed in: ``smtp://user:password@host:587`` (encrypted when the
            server offers it), ``smtps://...:465`` (always encrypted). None: mails stay in the
            database and are read at ``/mails``.
        mail_from: The address that mails come from.
        mail_first_rest: Seconds before a mail is tried again; they double with each attempt.
        mail_timeout: Seconds after which the mail server is given up, for this attempt.
    """

    smtp_url: SmtpUrl | None = None
    mail_from: str = "no-reply@tradecounter.test"
    mail_first_rest: Annotated[float, Gt(0)] = 10
    mail_timeout: Annotated[float, Gt(0)] = 20
