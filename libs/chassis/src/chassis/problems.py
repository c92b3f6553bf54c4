"""Every answer that is not what was asked for: RFC 9457 ``application/problem+json``.

Raise ``Problem`` anywhere in a request. ``install_problem_handlers`` turns everything else into
one: what the framework refuses, what the infrastructure cannot do, and our own faults.
"""

from chassis.failures import install_problem_handlers, problem_of
from chassis.problem import (
    MEDIA_TYPE,
    FieldError,
    FieldErrorDocument,
    Problem,
    ProblemDocument,
    current_trace_id,
    not_found,
    refused,
)

__all__ = [
    "MEDIA_TYPE",
    "FieldError",
    "FieldErrorDocument",
    "Problem",
    "ProblemDocument",
    "current_trace_id",
    "install_problem_handlers",
    "not_found",
    "problem_of",
    "refused",
]
