from contracts.values import SiteId
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.site_terms import SiteTerms
from orders.storage.documents import document_of, terms_of
from orders.storage.tables import site_terms


class SqlSiteTermsRepository:
    """Keeps what each site has decided, one row a site."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, site_id: SiteId) -> tuple[int, SiteTerms]:
        made = insert(site_terms).values(site_id=site_id, version=0, terms={})
        await self._session.execute(made.on_conflict_do_nothing())
        query = select(site_terms.c.version, site_terms.c.terms)
        query = query.where(site_terms.c.site_id == site_id).with_for_update()
        version, terms = (await self._session.execute(query)).one()
        return version, terms_of(terms)

    async def keep(self, site_id: SiteId, version: int, terms: SiteTerms) -> None:
        row = {"site_id": site_id, "version": version, "terms": document_of(terms)}
        made = insert(site_terms).values(row)
        await self._session.execute(
            made.on_conflict_do_update(index_elements=[site_terms.c.site_id], set_=row)
        )
