"""``python -m subscribers api | worker | migrate``."""

from chassis.run import main

from subscribers.main import SERVICE

if __name__ == "__main__":
    raise SystemExit(main(SERVICE))
