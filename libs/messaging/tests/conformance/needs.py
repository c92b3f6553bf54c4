"""What every theme of the suite starts from."""

from collections.abc import Mapping

import pytest

from libs.messaging.tests.conformance.town import TownFactory, open_town
from libs.messaging.tests.shop import Connect, Sessions


@pytest.mark.postgres
class Needs:
    """A subclass says how to connect: it has a fixture ``connect``."""

    @pytest.fixture
    def town(self, databases: Mapping[str, Sessions], connect: Connect) -> TownFactory:
        return lambda: open_town(databases, connect)
