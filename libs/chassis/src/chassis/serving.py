"""Serves HTTP in a process that has more to do, and ends it in good order."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

from chassis.one_write import OneWriteProtocol


class PortTaken(Exception):
    """Another process listens on the port."""


class _Server(uvicorn.Server):
    """A server that leaves signals to the process."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """Open the socket to serve on; port 0 takes a free one.

    Raises:
        PortTaken: Another process listens there.
        OSError: The address is not this machine's, or the port may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"port {port} of {host} is taken by another process") from error
        raise
    return listening


@asynccontextmanager
async def serving(app: ASGIApp, listening: socket.socket, *, grace: float) -> AsyncGenerator[None]:
    """Serve until left; then accept nothing more and give running requests ``grace`` seconds."""
    config = uvicorn.Config(
        app,
        http=OneWriteProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        proxy_headers=True,
        timeout_graceful_shutdown=max(1, round(grace)),
    )
    server = _Server(config)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(server.serve(sockets=[listening]))
        try:
            yield
        finally:
            server.should_exit = True
            await asyncio.wait({running})


@contextlib.contextmanager
def until_signal() -> Generator[asyncio.Event]:
    """Give an event that SIGTERM and SIGINT set; a second one ends the process at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def stopped() -> None:
        stop.set()
        for one in signals:
            loop.remove_signal_handler(one)

    for one in signals:
        loop.add_signal_handler(one, stopped)
    try:
        yield stop
    finally:
        for one in signals:
            loop.remove_signal_handler(one)
