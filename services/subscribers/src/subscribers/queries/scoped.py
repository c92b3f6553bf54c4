"""Who may look: events are about every site, so only who sees every site may read them (SC-1)."""

from chassis.problems import Problem
from chassis.scope import Scope


def sees_everything(scope: Scope) -> None:
    """Check that a scope is not limited to some sites.

    Raises:
        Problem: 403 ``ALL_SITES_NEEDED``.
    """
    if scope.sites is not None:
        detail = "subscribers get the events of all sites, so this is for staff who see all sites"
        raise Problem(403, "ALL_SITES_NEEDED", detail)
