"""The API's documentation page, whole without the internet: its scripts come with a library."""

from fastapi import FastAPI
from fastapi_swagger import patch_fastapi  # pyright: ignore[reportMissingTypeStubs]


def base_path(service: str) -> str:
    """Give where a service's API stands, wherever the service runs."""
    return f"/api/{service}/v1"


def serve_docs(app: FastAPI, service: str) -> None:
    """Serve Swagger UI at ``docs`` under the service's base path."""
    docs = f"{base_path(service)}/docs"
    patch_fastapi(
        app,
        docs_url=docs,
        redirect_from_root_to_docs=False,
        swagger_js_url=f"{docs}/swagger-ui-bundle.js",
        swagger_css_url=f"{docs}/swagger-ui.css",
        swagger_favicon_url=f"{docs}/favicon-32x32.png",
    )
