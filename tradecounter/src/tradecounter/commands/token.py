"""``tradecounter token``: sign in as a member of the demo staff."""

from datetime import timedelta
from typing import Annotated

import typer

from tradecounter.commands.failing import BAD_INPUT, fail
from tradecounter.embedded.directory import data_directory
from tradecounter.issuer.keys import signing_key
from tradecounter.issuer.staff import UnknownStaff, staff_member
from tradecounter.issuer.tokens import token_for


def token(
    name: Annotated[str, typer.Argument(help="admin, supervisor or csr")],
    hours: Annotated[float, typer.Option(help="how long it is valid", min=0.01, max=720)] = 12,
) -> None:
    """Print an access token, and nothing else."""
    directory = data_directory()
    try:
        staff = staff_member(directory, name)
    except UnknownStaff as error:
        fail(error, code=BAD_INPUT)
    try:
        key = signing_key(directory)
    except OSError as error:
        fail(f"the issuer's key in {directory} cannot be read: {error.strerror}")
    typer.echo(token_for(staff, key, valid_for=timedelta(hours=hours)))
