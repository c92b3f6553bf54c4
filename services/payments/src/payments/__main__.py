"""``python -m payments api | worker | migrate``."""

from chassis.run import main

from payments.main import SERVICE

if __name__ == "__main__":
    raise SystemExit(main(SERVICE))
