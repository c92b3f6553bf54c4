"""What the payments service can be asked to tell."""

from typing import ClassVar

from contracts.message import Question
from contracts.values import SiteId


class TellMethods(Question):
    """Tell the ways to pay that a site offers; answered by ``MethodsTold``."""

    type: ClassVar = "payments.tell-methods.v1"

    site_id: SiteId
