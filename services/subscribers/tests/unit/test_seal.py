import base64

import pytest
from chassis.settings_faults import WrongSettings
from subscribers.gateways.seal import Seal, Unreadable
from subscribers.settings import SubscribersSettings

OLD, NEW = (base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2))
SECRET = "whsec_c2VjcmV0"


def test_every_key_opens_and_the_first_one_seals() -> None:
    """EV-3: keys are changed without a gap."""
    sealed = Seal.of([OLD]).close(SECRET)
    assert SECRET not in sealed
    both = Seal.of([NEW, OLD])
    assert both.open(sealed) == SECRET
    assert not both.is_new(sealed)
    anew = both.close(both.open(sealed))
    assert both.is_new(anew)
    assert Seal.of([NEW]).open(anew) == SECRET
    with pytest.raises(Unreadable):
        Seal.of([NEW]).open(sealed)


def test_what_was_written_before_there_was_a_seal_is_read() -> None:
    assert Seal.of([NEW]).open(SECRET) == SECRET


@pytest.mark.parametrize("keys", ["", ",", "short", f"{OLD},x", "A" * 44 + "!"])
def test_a_key_that_is_none_stops_the_start_and_is_not_quoted(keys: str) -> None:
    """EV-3: a clear error, without the key."""
    with pytest.raises(WrongSettings, match=r"^SUBSCRIBERS_SECRET_KEYS: .*key") as error:
        SubscribersSettings.of("subscribers", database_url="postgresql://x/y", secret_keys=keys)
    assert not keys.strip(",") or keys not in str(error.value)


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUBSCRIBERS_SECRET_KEYS", raising=False)
    with pytest.raises(WrongSettings, match=r"SUBSCRIBERS_SECRET_KEYS .* is not set"):
        SubscribersSettings.of("subscribers", database_url="postgresql://x/y")
