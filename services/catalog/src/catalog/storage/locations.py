from collections.abc import Collection
from dataclasses import asdict

from contracts.values import LocationId, SiteId
from sqlalchemy import Select, delete, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.locations import Location, Terms
from catalog.storage.tables import location_sites, locations


class SqlLocationRepository:
    """Keeps locations with the sites they serve."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, code: str, *, new_id: LocationId) -> Location:
        # The row is made first: two who put the same new location wait for each other here.
        made = upsert(locations).values(
            location_id=new_id, code=code, version=0, **asdict(Terms(name=""))
        )
        await self._session.execute(made.on_conflict_do_nothing(index_elements=[locations.c.code]))
        location = await self._one(
            select(locations).where(locations.c.code == code).with_for_update()
        )
        if location is None:
            raise LookupError(code)
        return location

    async def keep(self, location: Location) -> None:
        session, id_ = self._session, location.location_id
        await session.execute(
            update(locations)
            .where(locations.c.location_id == id_)
            .values(version=location.version, **asdict(location.terms))
        )
        await session.execute(delete(location_sites).where(location_sites.c.location_id == id_))
        if location.sites:
            rows = [{"location_id": id_, "site_id": site} for site in sorted(location.sites)]
            await session.execute(insert(location_sites).values(rows))

    async def find(self, code: str) -> Location | None:
        return await self._one(select(locations).where(locations.c.code == code))

    async def ids(
        self, codes: Collection[str], within: Collection[SiteId] | None
    ) -> dict[str, LocationId]:
        query = select(locations.c.code, locations.c.location_id).where(locations.c.code.in_(codes))
        if within is not None:
            link = location_sites.c.location_id == locations.c.location_id
            query = query.where(exists().where(link, location_sites.c.site_id.in_(within)))
        return {code: LocationId(id_) for code, id_ in await self._session.execute(query)}

    async def of_id(self, location_id: LocationId) -> Location | None:
        return await self._one(select(locations).where(locations.c.location_id == location_id))

    async def serving(self, site_id: SiteId) -> set[LocationId]:
        query = select(location_sites.c.location_id).where(location_sites.c.site_id == site_id)
        return {LocationId(id_) for id_ in (await self._session.execute(query)).scalars()}

    async def _one(self, query: Select[*tuple[object, ...]]) -> Location | None:
        row = (await self._session.execute(query)).first()
        if row is None:
            return None
        linked = select(location_sites.c.site_id).where(
            location_sites.c.location_id == row.location_id
        )
        return Location(
            location_id=LocationId(row.location_id),
            code=row.code,
            terms=Terms(row.name, row.ships, row.pickup, row.delivery, row.priority),
            sites={SiteId(id_) for id_ in (await self._session.execute(linked)).scalars()},
            version=row.version,
        )
