"""One run: servers, services, warm-up, rounds."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.counts import Counts, Databases, looking_into
from bench.cpu import Meter, summed
from bench.figures import SERVED, Outcome, figures
from bench.floor import Floor, floor
from bench.following import following
from bench.load import Measured, measure
from bench.machine import facts
from bench.orders import Ordering
from bench.seed import seed
from bench.servers import Servers, servers
from bench.services import system
from bench.settings import Settings

_IDLE_SECONDS = 5.0

Say = Callable[[str], None]


@dataclass(slots=True)
class Bench:
    """The three parts, ready to be measured, and what was measured so far."""

    settings: Settings
    meter: Meter
    floor: Floor
    ordering: Ordering
    databases: Databases
    floors: list[Measured] = field(default_factory=list[Measured])
    step_path: list[Measured] = field(default_factory=list[Measured])
    one_call: list[Measured] = field(default_factory=list[Measured])
    per_order: list[Counts] = field(default_factory=list[Counts])

    async def warm_up(self) -> None:
        """Place orders that do not count; tells the floor how much an order is."""
        orders = self.settings.warm_up
        await self._measure_steps(orders)
        await self._measure_one_call(orders)
        await self._measure_floor(orders)
        self.per_order = self.per_order[-1:]

    async def round(self) -> None:
        """Measure each part once; the floor is as high as the last orders were."""
        orders = self.settings.orders
        self.floors.append(await self._measure_floor(orders))
        self.step_path.append(await self._measure_steps(orders))
        self.one_call.append(await self._measure_one_call(orders))

    async def idle(self) -> dict[str, float]:
        """Give the CPU milliseconds that a second without any work takes."""
        before = self.meter.read()
        await asyncio.sleep(_IDLE_SECONDS)
        used = summed(self.meter.since(before))
        return {label: used[label] * 1000 / _IDLE_SECONDS for label in SERVED if label in used}

    async def _measure_floor(self, orders: int) -> Measured:
        self.floor.per_order = self.per_order[-1]
        place, settled = self.floor.place, self.floor.settled
        return await measure(self.meter, orders, self.settings.concurrency, place, settled)

    async def _measure_steps(self, orders: int) -> Measured:
        place, settled = self.ordering.step_by_step, self.databases.settled
        return await measure(self.meter, orders, self.settings.concurrency, place, settled)

    async def _measure_one_call(self, orders: int) -> Measured:
        place, settled = self.ordering.in_one_call, self.databases.settled
        before = await self.databases.counts()
        measured = await measure(self.meter, orders, self.settings.concurrency, place, settled)
        self.per_order.append((await self.databases.counts()).per_order(before, orders))
        return measured


@asynccontextmanager
async def _prepared(settings: Settings, on: Servers, directory: Path) -> AsyncGenerator[Bench]:
    """Run the services with the retailer's data, and connect to them, until left."""
    async with (
        system(on, directory) as running,
        looking_into(running.databases) as databases,
        following(on.broker_url) as endings,
        floor(running.databases["floor"], on.broker_url, settings.concurrency) as measured_floor,
    ):
        retailer = await seed(running.apis)
        meter = Meter({**running.pids, **on.pids})
        ordering = Ordering(running.apis["orders"], retailer, endings)
        yield Bench(settings, meter, measured_floor, ordering, databases)


def _outcome(bench: Bench, machine: dict[str, str], idle: dict[str, float]) -> Outcome:
    settings, counts = bench.settings, bench.per_order
    return Outcome(
        machine=machine,
        settings={
            "orders": settings.orders,
            "rounds": settings.rounds,
            "concurrency": settings.concurrency,
        },
        per_order=Counts(
            median(one.commits for one in counts), median(one.messages for one in counts)
        ),
        floor=figures(bench.floors, bench.floors),
        step_path=figures(bench.step_path, bench.floors),
        one_call=figures(bench.one_call, bench.floors),
        idle=idle,
    )


async def run(settings: Settings, directory: Path, say: Say) -> Outcome:
    """Measure.

    Raises:
        bench.following.NotSubmitted: An order did not end as it should.
        bench.services.NotReady: A service did not come up.
    """
    async with AsyncExitStack() as stack:
        say("starting PostgreSQL and RabbitMQ")
        on = await stack.enter_async_context(servers(settings, directory))
        machine = await facts(on, directory)
        say("starting the services: an API and a worker each")
        bench = await stack.enter_async_context(_prepared(settings, on, directory))
        say(f"warming up: {settings.warm_up} orders of each kind")
        await bench.warm_up()
        say("resting, to see what that costs")
        idle = await bench.idle()
        for number in range(settings.rounds):
            say(f"round {number + 1} of {settings.rounds}")
            await bench.round()
        await bench.ordering.verify()
        return _outcome(bench, machine, idle)
