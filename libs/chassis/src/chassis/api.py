"""A service's HTTP API."""

from typing import Any

from fastapi import Depends, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from chassis import telemetry
from chassis.docs import base_path, serve_docs
from chassis.edge import Edge
from chassis.failures import install_problem_handlers
from chassis.health import live, ready
from chassis.parameters import RefuseUnknownParameters
from chassis.problem import MEDIA_TYPE, FieldErrorDocument, ProblemDocument
from chassis.runtime import Runtime, Service
from chassis.tokens import Tokens

VERSION = "1"
_SCHEMAS = "#/components/schemas/"


def _problem_response(description: str) -> dict[str, Any]:
    schema = {"$ref": f"{_SCHEMAS}Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def build_api(service: Service, runtime: Runtime, tokens: Tokens) -> FastAPI:
    """Give the service's HTTP API; it needs no lifespan, so it can be mounted anywhere.

    It serves the service's routers and, under the same base path, ``docs`` and ``openapi.json``;
    at the root ``/livez`` and ``/readyz``.
    """
    app = FastAPI(
        title=service.title or f"Tradecounter {service.name}",
        version=VERSION,
        telemetry=telemetry.config(),
        redirect_slashes=False,
        openapi_url=f"{base_path(service.name)}/openapi.json",
        docs_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redoc_url=None,
        dependencies=[Depends(RefuseUnknownParameters())],
        responses={
            "4XX": _problem_response("A problem the caller can do something about (RFC 9457)."),
            "5XX": _problem_response("A problem the service has; try again later (RFC 9457)."),
        },
    )
    app.state.runtime = runtime
    app.state.tokens = tokens
    if service.prepares is not None:
        service.prepares(app, runtime)
    for router in service.routers:
        app.include_router(router)
    serve_docs(app, service.name)
    _add_health(app, runtime)
    install_problem_handlers(app)
    settings = runtime.settings
    app.add_middleware(Edge, body_limit=settings.body_limit, access_log=settings.access_log)
    _describe_problems(app)
    return app


def _add_health(app: FastAPI, runtime: Runtime) -> None:
    async def livez(_request: Request) -> Response:
        return live()

    async def readyz(_request: Request) -> Response:
        return await ready(runtime, with_broker=False)

    app.add_route("/livez", livez, include_in_schema=False)
    app.add_route("/readyz", readyz, include_in_schema=False)


def _describe_problems(app: FastAPI) -> None:
    """Add the problem's schema to the API description."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            template = _SCHEMAS + "{model}"
            problem = ProblemDocument.model_json_schema(ref_template=template)
            problem.pop("$defs", None)
            schemas["Problem"] = problem
            schemas["FieldErrorDocument"] = FieldErrorDocument.model_json_schema()
        return document

    app.openapi = openapi
