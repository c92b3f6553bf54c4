"""A mail server, spoken to by SMTP."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
from messaging.envelope import utc_now

from customers.storage.mails import Due


class NeverTaken(Exception):
    """The mail server will not take this mail, however often it is asked."""


def outline(error: Exception) -> str:
    """Tell for a log why a mail was not sent; what the server said of the recipient is left out."""
    cause = error.__cause__ if isinstance(error, NeverTaken) and error.__cause__ else error
    kind = type(cause).__name__
    match cause:
        case aiosmtplib.SMTPAuthenticationError() | OSError():
            return f"{kind}: {cause}"
        case aiosmtplib.SMTPRecipientsRefused():
            return f"{kind}: {[refused.code for refused in cause.recipients]}"
        case aiosmtplib.SMTPResponseException():
            return f"{kind}: {cause.code}"
        case _:
            return kind


class Sender(Protocol):
    async def send(self, mail: Due) -> None:
        """Hand a mail in.

        Raises:
            NeverTaken: Nor will it be taken later.
            Exception: Not this time.
        """
        ...


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed in; one connection for each mail, for they are few.

    Attributes:
        secure: Encrypted from the first byte; else from when the server offers it.
        timeout: Seconds for each step.
    """

    host: str
    port: int
    secure: bool
    user: str | None
    password: str | None
    mail_from: str
    timeout: float

    @classmethod
    def of(cls, url: str, *, mail_from: str, timeout: float) -> "SmtpServer":
        """Read ``smtp[s]://[user:password@]host[:port]``.

        Raises:
            ValueError: It is none.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("the mail server must be smtp://host:port or smtps://host:port")
        secure = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if secure else 587),
            secure=secure,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            mail_from=mail_from,
            timeout=timeout,
        )

    async def send(self, mail: Due) -> None:
        try:
            await aiosmtplib.send(
                self._message(mail),
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password,
                use_tls=self.secure,
                timeout=self.timeout,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            if all(code >= 500 for code in codes):
                raise NeverTaken(f"the recipient was refused: {codes}") from error
            raise
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= 500 and not isinstance(error, aiosmtplib.SMTPAuthenticationError):
                raise NeverTaken(f"refused with {error.code}: {error.message}") from error
            raise
        except (aiosmtplib.SMTPNotSupported, ValueError) as error:
            raise NeverTaken(str(error)) from error

    def _message(self, mail: Due) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((mail.sender_name, self.mail_from))
        message["To"] = mail.recipient
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(utc_now())
        # The same with every attempt: whoever gets it twice can tell.
        message["Message-ID"] = f"<{mail.mail_id}@{self.mail_from.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message
