"""Where webhooks may go: only to the internet, however an address is written or wrapped."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from subscribers.domain.addresses import Guard, UrlRefused, is_public, target_of

INSIDE = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 - it is refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_on_the_internet_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_what_is_on_the_internet_is_let_through(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_it_is_wrapped(inner: ipaddress.IPv4Address) -> None:
    for wrapped in (f"::ffff:{inner}", f"64:ff9b::{inner}"):
        assert is_public(ipaddress.ip_address(wrapped)) == is_public(inner)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "ftp://example.com/",
        "file:///etc/passwd",
        "//example.com/",
        "https://user@example.com/",
        "https://user:word@example.com/",
        "https://example.com/#part",
        "https://exa mple.com/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com\\@127.0.0.1/",
        "https://ex\u00e4mple.com/",
        "https://example.com/\r\nx: y",
        "https://[::1/",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        target_of(url)
    assert refused.value.code == "URL_MALFORMED"


def test_one_address_inside_is_enough_to_refuse_a_name() -> None:
    target = target_of("https://example.com/")
    with pytest.raises(UrlRefused) as refused:
        Guard().check(target, ["93.184.216.34", "10.0.0.1"])
    assert refused.value.code == "ADDRESS_NOT_PUBLIC"
    assert "10.0.0.1" not in str(refused.value), "the answer does not map the network inside"
    with pytest.raises(UrlRefused) as refused:
        Guard().check(target, [])
    assert refused.value.code == "HOST_UNKNOWN"


def test_an_operator_may_allow_a_network_inside_and_only_there_plain_http() -> None:
    guard = Guard.of(["10.1.0.0/16"])
    guard.check(target_of("http://erp.example/"), ["10.1.2.3"])
    guard.check(target_of("http://erp.example/"), ["::ffff:10.1.2.3"])
    guard.check(target_of("https://example.com/"), ["93.184.216.34"])
    for url, address, code in (
        ("http://example.com/", "93.184.216.34", "TLS_REQUIRED"),
        ("https://erp.example/", "10.2.0.1", "ADDRESS_NOT_PUBLIC"),
    ):
        with pytest.raises(UrlRefused) as refused:
            guard.check(target_of(url), [address])
        assert refused.value.code == code
