"""The API documentation page, whole without the internet: Swagger UI comes in a package."""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

_FILES = ("fastapi_swagger", "resources")
"""The package that carries Swagger UI, and the folder in it."""


def base_path(service: str) -> str:
    """Give where a service's API stands, wherever the service runs."""
    return f"/api/{service}/v1"


def serve_docs(app: FastAPI, service: str) -> None:
    """Serve Swagger UI at ``docs`` under the service's base path."""
    docs = f"{base_path(service)}/docs"
    files = f"{docs}/files"

    async def page(_: Request) -> Response:
        return get_swagger_ui_html(
            openapi_url=f"{base_path(service)}/openapi.json",
            title=app.title,
            swagger_js_url=f"{files}/swagger-ui-bundle.js",
            swagger_css_url=f"{files}/swagger-ui.css",
            swagger_favicon_url=f"{files}/favicon-32x32.png",
            swagger_ui_parameters={"persistAuthorization": True, "tryItOutEnabled": True},
        )

    app.add_route(docs, page, include_in_schema=False)
    app.mount(files, StaticFiles(packages=[_FILES]))
