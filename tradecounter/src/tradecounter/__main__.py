"""The command line."""

from tradecounter.commands import app


def main() -> None:
    """Run the command that was typed."""
    app(prog_name="tradecounter")


if __name__ == "__main__":
    main()
