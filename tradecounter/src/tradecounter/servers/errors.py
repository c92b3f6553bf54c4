"""What can go wrong with a server of our own; each message is written for the person at the key."""


class ServerError(Exception):
    """A server of ours cannot run; the message says why and what to do."""


class DirectoryInUse(ServerError):
    """Another run holds the data directory."""


class PortTaken(ServerError):
    """The port that was asked for belongs to another program."""


class BinariesMissing(ServerError):
    """No suitable server program is installed."""


class StartFailed(ServerError):
    """The server ended, or did not answer, while it was starting."""


class ServerAway(ServerError):
    """A server that was named cannot be reached, or does not let us in."""
