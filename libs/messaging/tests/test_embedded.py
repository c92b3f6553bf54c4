"""The transport within one process."""

import pytest
from messaging.embedded import EmbeddedHub, EmbeddedTransport

from libs.messaging.tests.conformance import TransportConformance
from libs.messaging.tests.shop import Connect, all_queues


class TestEmbedded(TransportConformance):
    @pytest.fixture
    def connect(self) -> Connect:
        hub = EmbeddedHub(all_queues())
        return lambda service: EmbeddedTransport(hub, service)
