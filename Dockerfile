# One image for each package of the workspace: --build-arg PACKAGE=tradecounter-orders
# One Dockerfile, because the services are packaged in the same way (docs/decisions/0011).
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ARG PACKAGE
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
# The system's Python has all that is needed to install what installs the rest.
RUN python -m venv /uv && /uv/bin/pip install --no-cache-dir "uv>=0.9,<1"
WORKDIR /app
COPY pyproject.toml uv.lock ./
COPY libs ./libs
COPY services ./services
COPY tradecounter ./tradecounter
RUN test -n "$PACKAGE" && /uv/bin/uv sync --frozen --no-dev --package "$PACKAGE"

FROM ${PYTHON_IMAGE}
ENV PATH="/app/.venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin tradecounter \
    && install -d -o tradecounter /data
WORKDIR /app
COPY --from=build /app /app
USER tradecounter
# The service is told by its command: `python -m orders api`, `worker` or `migrate`.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-m", "chassis.healthcheck"]
CMD ["python", "-c", "raise SystemExit('say which process to run: python -m orders api')"]
