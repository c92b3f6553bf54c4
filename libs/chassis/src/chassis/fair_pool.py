"""A pool whose connections go to whoever has waited longest.

SQLAlchemy's gives a free one to whoever comes by, and who waited goes to the end of the line again
(sqlalchemy#7679): with more requests than connections, most are answered soon and some very late.
"""

import asyncio
from collections import deque
from typing import TypeVar

from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util.concurrency import await_
from sqlalchemy.util.queue import AsyncAdaptedQueue, Empty
from typing_extensions import override

_T = TypeVar("_T")


class _FairQueue(AsyncAdaptedQueue[_T]):
    """Holds what nobody waits for; everything else is handed over."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:  # noqa: FBT001, FBT002
        super().__init__(maxsize, use_lifo)
        self._waiting: deque[asyncio.Future[_T]] = deque()

    @override
    def put_nowait(self, item: _T) -> None:
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(item)
                return
        super().put_nowait(item)

    @override
    def get(self, block: bool = True, timeout: float | None = None) -> _T:
        try:
            return self.get_nowait()
        except Empty:
            if not block:
                raise
        return await_(self._handed(timeout))

    async def _handed(self, timeout: float | None) -> _T:  # noqa: ASYNC109
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            async with asyncio.timeout(timeout):
                return await mine
        except BaseException as error:
            if mine.done() and not mine.cancelled():  # Handed over to one who had just given up.
                self.put_nowait(mine.result())
            if isinstance(error, TimeoutError):
                raise Empty from error
            raise


class FairPool(AsyncAdaptedQueuePool):
    """Serves in the order of asking."""

    _queue_class = _FairQueue
