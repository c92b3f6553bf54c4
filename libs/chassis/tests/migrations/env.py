from chassis.migrations import run_env

from libs.chassis.tests.shop import metadata

run_env(metadata)
