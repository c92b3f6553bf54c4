"""Keeps spreadsheets from running what is text (OWASP, CSV injection).

A cell that begins with one of ``= + - @``, a tab or a carriage return, or the wide form of a sign,
is a formula to a spreadsheet. Written, such text gets an apostrophe before it; read, the apostrophe
is taken off again. Text that begins with apostrophes and a sign gets one more, so that every text
comes back as it was.
"""

import re

_FORMULA = re.compile("'*[=+\\-@\t\r＝＋－＠]")  # noqa: RUF001 - the wide signs are meant
_PROTECTED = re.compile("'+[=+\\-@\t\r＝＋－＠]")  # noqa: RUF001 - the wide signs are meant


def protected(text: str) -> str:
    """Give a text as it may stand in a file that people open in a spreadsheet."""
    return f"'{text}" if _FORMULA.match(text) else text


def unprotected(cell: str) -> str:
    """Give the text that a cell stands for."""
    return cell[1:] if _PROTECTED.match(cell) else cell
