"""The command line."""

import sys

from tradecounter.commands import application


def main() -> None:
    """Run the command that was typed."""
    app = application(next(iter(sys.argv[1:]), None))
    app(prog_name="tradecounter")


if __name__ == "__main__":
    main()
