"""``python -m customers api | worker | migrate``."""

from chassis.run import main

from customers.main import SERVICE

if __name__ == "__main__":
    raise SystemExit(main(SERVICE))
