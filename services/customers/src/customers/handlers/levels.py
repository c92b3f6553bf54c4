"""Making and renaming the levels of a customer set (CU-14)."""

from contracts.customers.events import CustomerLevelChanged

from customers.domain.errors import StaleVersion, UnknownCustomerSet, UnknownLevel
from customers.domain.findings import Findings
from customers.domain.sites import Level, Within, customer_set_id, level_id
from customers.handlers.changing import settle
from customers.handlers.unit_of_work import UnitOfWork


async def put_level(
    codes: tuple[str, str], name: str, within: Within, uow: UnitOfWork, *, seen: int | None = None
) -> tuple[Level, bool]:
    """Make or rename the level that the codes of a set and of the level name.

    Returns:
        The level, and whether it is new.

    Raises:
        Invalid: The name breaks a rule.
        UnknownCustomerSet: There is none, or none within the caller's sites.
        UnknownLevel: It is not there to have been seen.
        StaleVersion: The version ``seen`` is not the current one.
    """
    set_code, code = codes
    set_id = customer_set_id(set_code)
    if not await uow.customer_sets.exists(set_id, within):
        raise UnknownCustomerSet(set_code)
    findings = Findings()
    name = findings.text("/name", name, limit=200, required=True)
    settle(findings)
    found = await uow.levels.get(set_id, code)
    if found is None and seen is not None:
        raise UnknownLevel(code)
    if found is not None and seen not in {None, found.version}:
        raise StaleVersion(found, found.version)
    changed = (
        Level(level_id(set_id, code), set_id, code, name) if found is None else found.renamed(name)
    )
    if changed is not found:
        await uow.levels.save(changed)
        event = CustomerLevelChanged(
            level_id=changed.level_id,
            version=changed.version,
            customer_set_id=set_id,
            code=code,
            name=name,
        )
        uow.outbox.publish(event, sequence=changed.version)
    return changed, found is None
