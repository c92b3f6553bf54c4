"""Logs: one JSON object a line on standard error, each with the trace id it belongs to."""

import logging
import sys

import structlog
from pydantic_core import to_json
from structlog.types import EventDict, Processor, WrappedLogger

from chassis.problem import current_trace_id

_QUIET = ("aiormq", "aio_pika", "httpx2", "alembic.runtime.plugins", "asyncio")


def _with_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if (trace_id := current_trace_id()) is not None:
        event["trace_id"] = trace_id
    return event


def _dumps(event: EventDict, **_: object) -> str:
    return to_json(event, fallback=repr, inf_nan_mode="constants").decode()


def set_up(service: str, *, level: str = "INFO", json: bool = True) -> None:
    """Write what this process logs, of ours and of libraries, in one form.

    Args:
        service: Stands in every line.
        level: The least that is written.
        json: One JSON object a line; otherwise coloured text for people.
    """

    def named(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        named,
        _with_trace,
    ]
    last = _for_programs() if json else [_for_people()]
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    _take_over_standard_logging([*shared], last, number)


def _for_programs() -> list[Processor]:
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=_dumps),
    ]


def _for_people() -> Processor:
    """Give the renderer for a terminal; its tracebacks show no values, which may be secret."""
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)


def _take_over_standard_logging(shared: list[Processor], last: list[Processor], level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It tells of every attempt in vain; the link that makes them does so once a minute.
    logging.getLogger("aiormq.connection").setLevel(logging.CRITICAL)
