"""Whether the levels that prices, promotions and visibility name are there (CU-14).

The customers service is asked before anything is locked: what names a level is put seldom, and a
copy of the levels would refuse one that was made a moment ago.
"""

from collections.abc import Collection

from contracts.customers.questions import CheckLevels
from contracts.customers.replies import LevelOfSite, LevelsChecked
from contracts.values import SiteId
from messaging.transport import Asker, Unanswered


async def unknown_levels(
    named: Collection[tuple[SiteId, str]], asker: Asker
) -> frozenset[tuple[SiteId, str]]:
    """Give those of these sites and levels where the site's customer set has no such level.

    Raises:
        Unanswered: The customers service gave no answer in time.
    """
    if not named:
        return frozenset()
    levels = tuple(LevelOfSite(site_id=site, code=code) for site, code in sorted(set(named)))
    answer = await asker.ask(CheckLevels(levels=levels))
    if not isinstance(answer, LevelsChecked):
        raise Unanswered(answer.owner())
    return frozenset((level.site_id, level.code) for level in answer.unknown)
