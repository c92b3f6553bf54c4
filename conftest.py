"""What every test of the workspace may use: the fixtures of tests/servers.py."""

pytest_plugins = ["tests.servers"]
