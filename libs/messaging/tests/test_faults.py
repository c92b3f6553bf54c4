"""Fault points do what a test has armed, and nothing else."""

import pytest
from messaging import faults
from messaging.faults import FaultInjected, fault_point


async def test_an_unarmed_point_does_nothing() -> None:
    await fault_point("anywhere")

    assert not faults.visits


async def test_a_point_fails_on_the_visit_it_is_told() -> None:
    faults.arm("here:raise@2,there:sleep=0.001")

    await fault_point("here")
    with pytest.raises(FaultInjected):
        await fault_point("here")
    await fault_point("here")
    await fault_point("there")

    assert faults.visits == {"here": 3, "there": 1}


@pytest.mark.parametrize("text", ["here", "here:explode", ":"])
def test_a_misspelt_fault_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="FAULT"):
        faults.arm(text)
