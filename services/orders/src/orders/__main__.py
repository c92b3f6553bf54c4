"""``python -m orders api | worker | migrate``."""

from chassis.run import main

from orders.main import SERVICE

if __name__ == "__main__":
    raise SystemExit(main(SERVICE))
