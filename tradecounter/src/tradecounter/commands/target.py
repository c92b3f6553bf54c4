"""Which system a command speaks to."""

import os

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
        return url, token
    directory = data_directory()
    address = DataDirectory(directory).address()
    if address is None:
        fail(f"no system runs on {directory}; start one with 'make run', or give --url")
    return address, token or token_for(staff_member(directory, "admin"), signing_key(directory))
