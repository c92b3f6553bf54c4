"""Which system a command speaks to."""

import os
from urllib.parse import urlsplit

from tradecounter.commands.failing import BAD_INPUT, fail
from tradecounter.embedded.directory import DataDirectory, data_directory
from tradecounter.issuer.keys import signing_key
from tradecounter.issuer.staff import staff_member
from tradecounter.issuer.tokens import token_for


def target(url: str | None) -> tuple[str, str]:
    """Give address and token of the system: the one named, or the embedded one."""
    token = os.environ.get("TRADECOUNTER_TOKEN")
    if url is not None:
        if not token:
            fail("--url needs a token in TRADECOUNTER_TOKEN", code=BAD_INPUT)
        return _address(url), _sendable(token)
    directory = data_directory()
    address = DataDirectory(directory).address()
    if address is None:
        fail(f"no system runs on {directory}; start one with 'make run', or give --url")
    return address, _sendable(token) if token else token_for(
        staff_member(directory, "admin"), signing_key(directory)
    )


def _address(url: str) -> str:
    """Give an address that can be asked; any other would be asked in vain, over and over."""
    try:
        parts = urlsplit(url)
        fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fit = False
    if not fit:
        fail(f"--url: {url!r} is no address such as http://127.0.0.1:8080", code=BAD_INPUT)
    return url


def _sendable(token: str) -> str:
    """Give a token that a header can hold."""
    token = token.strip()
    if not (token.isascii() and token.isprintable()):
        fail("TRADECOUNTER_TOKEN holds what no token has; was it cut or wrapped?", code=BAD_INPUT)
    return token
