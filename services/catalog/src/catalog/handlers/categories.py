from dataclasses import dataclass

from catalog.domain.categories import Category
from catalog.domain.errors import Fault, StaleVersion, Unfit
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PutCategory:
    """Make or change a category; ``expected_version`` refuses any other, none accepts any."""

    code: str
    name: str
    parent: str | None = None
    expected_version: int | None = None


async def put_category(command: PutCategory, uow: UnitOfWork) -> tuple[Category, bool]:
    """Make or change a category; the same again changes nothing.

    Returns:
        The category, and whether it was made now.

    Raises:
        Unfit: Its parent is not known (UNKNOWN_CATEGORY), or would be part of it.
        StaleVersion: Its ``current`` is a ``Category``.
    """
    category = await uow.categories.locked(command.code)
    created = category.version == 0
    if command.expected_version not in {None, category.version}:
        raise StaleVersion(None if created else category)
    above = set[str]()
    if command.parent is not None:
        above = await uow.categories.above(command.parent)
        if not above:
            detail = f"there is no category {command.parent}"
            raise Unfit([Fault("/parent", "UNKNOWN_CATEGORY", detail)])
    if category.change(command.name, command.parent, above=above):
        await uow.categories.keep(category)
    return category, created
