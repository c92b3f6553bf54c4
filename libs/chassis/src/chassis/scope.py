"""Who asks, and what they may see and do."""

from dataclasses import dataclass

from contracts.values import SiteId, StaffId

AUDIENCE = "tradecounter"
"""Whom a token has to be made for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A staff member's reach, read once from the token; the first argument of every query.

    Attributes:
        permissions: What they may do, as ``orders.write``.
        sites: The sites they may see; none stands for all sites.
    """

    staff_id: StaffId
    permissions: frozenset[str]
    sites: frozenset[SiteId] | None

    def may(self, permission: str) -> bool:
        """Tell whether they have a permission."""
        return permission in self.permissions

    def sees(self, site_id: SiteId) -> bool:
        """Tell whether a site is within their reach."""
        return self.sites is None or site_id in self.sites
