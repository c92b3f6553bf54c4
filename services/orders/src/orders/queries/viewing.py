"""What all that is shown has in common."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """Base of what is shown."""

    model_config: ClassVar = ConfigDict(frozen=True)
