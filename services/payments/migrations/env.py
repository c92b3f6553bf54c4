"""Runs this service's migrations on the connection that the caller has opened."""

from chassis.migrations import run_env
from payments.gateways.tables import metadata  # storage's, with the test gateway's in it

run_env(metadata)
