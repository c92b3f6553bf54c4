"""A service as a value, and the two processes made from it: its HTTP API and its worker."""

from chassis.api import build_api
from chassis.runtime import Runtime, Service, open_runtime
from chassis.worker import worker

__all__ = [
    "Runtime",
    "Service",
    "build_api",
    "open_runtime",
    "worker",
]
