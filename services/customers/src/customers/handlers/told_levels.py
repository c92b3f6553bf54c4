"""Which levels there are, for whoever decides by them (CU-14)."""

from contracts.customers.questions import CheckLevels
from contracts.customers.replies import LevelsChecked

from customers.handlers.unit_of_work import UnitOfWork


async def check_levels(question: CheckLevels, uow: UnitOfWork) -> LevelsChecked:
    asked = [(level.site_id, level.code) for level in question.levels]
    known = await uow.levels.of_sites(asked)
    unknown = (level for level in question.levels if (level.site_id, level.code) not in known)
    return LevelsChecked(unknown=tuple(dict.fromkeys(unknown)))
