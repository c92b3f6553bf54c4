"""What every transport must do; each has a subclass that says how to connect."""

from libs.messaging.tests.conformance.handling import Handling
from libs.messaging.tests.conformance.losses import Losses
from libs.messaging.tests.conformance.parking import Parking
from libs.messaging.tests.conformance.questions import Errands, Questions


class TransportConformance(Handling, Parking, Losses, Questions, Errands):
    """The whole suite."""
