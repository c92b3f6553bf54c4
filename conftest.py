"""What every test of the workspace may use: the fixtures of tests/servers.py."""

import structlog

pytest_plugins = ["tests.servers"]


def pytest_configure() -> None:
    """Log faults plainly: rendering every local variable of a traceback takes seconds."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
