"""Categories: a tree of names that products are sorted into."""

from collections.abc import Collection
from dataclasses import dataclass

from catalog.domain.errors import Fault, Unfit

MAX_DEPTH = 20
"""Categories one above the other, at most."""


@dataclass
class Category:
    """A category; ``parent`` is the code of the one it is part of.

    Attributes:
        version: 0 before it is first kept; grows by one with every change.
    """

    code: str
    name: str
    parent: str | None
    version: int

    def change(self, name: str, parent: str | None, *, above: Collection[str]) -> bool:
        """Give it this name and place; ``above`` are the parent and all that it is part of.

        Returns:
            Whether anything changed.

        Raises:
            Unfit: It would be part of itself (CATEGORY_CYCLE), or too deep (CATEGORY_TOO_DEEP).
        """
        if self.code in above:
            detail = f"{self.code} would be part of itself"
            raise Unfit([Fault("/parent", "CATEGORY_CYCLE", detail)])
        if len(above) >= MAX_DEPTH:
            detail = f"at most {MAX_DEPTH} categories stand one above the other"
            raise Unfit([Fault("/parent", "CATEGORY_TOO_DEEP", detail)])
        if self.version and (self.name, self.parent) == (name, parent):
            return False
        self.name, self.parent, self.version = name, parent, self.version + 1
        return True
