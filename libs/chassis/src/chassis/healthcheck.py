"""``python -m chassis.healthcheck``: asks this container's own process whether it is ready.

The process listens on ``HEALTH_URL``, or on port 8000; an image has neither curl nor wget.
"""

import os
import sys
from urllib.error import URLError
from urllib.request import urlopen

_URL = "http://127.0.0.1:8000/readyz"


def main() -> int:
    """Give exit code 0 when the process is ready."""
    url = os.environ.get("HEALTH_URL", _URL)
    try:
        with urlopen(url, timeout=4) as answer:  # noqa: S310 - our own address
            return 0 if answer.status == 200 else 1
    except (URLError, OSError) as error:
        print(f"{url}: {error}", file=sys.stderr)  # noqa: T201 - shown by docker inspect
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
