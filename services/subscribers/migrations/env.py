"""Runs this service's migrations on the connection that the caller has opened."""

from chassis.migrations import run_env
from subscribers.storage.tables import metadata

run_env(metadata)
