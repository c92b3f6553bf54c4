"""Whoever operates the system finds every setting on a page."""

from pathlib import Path

import pytest
from chassis.service import Service
from chassis.settings import ServiceSettings
from tradecounter.embedded.system import SERVICES

ROOT = Path(__file__).parents[2]
OPERATING = (ROOT / "docs/operating.md").read_text()


def test_the_settings_of_all_services_are_on_the_page_about_operating() -> None:
    missing = {
        name for name in ServiceSettings.model_fields if f"`{name.upper()}`" not in OPERATING
    }
    assert missing == set()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_services_own_settings_are_in_its_readme(service: Service) -> None:
    name, fields = service.name, service.settings.model_fields
    page = (ROOT / f"services/{name}/README.md").read_text() + OPERATING
    own = {f"{name}_{field}".upper() for field in fields.keys() - ServiceSettings.model_fields}
    assert {one for one in own if one not in page} == set()
