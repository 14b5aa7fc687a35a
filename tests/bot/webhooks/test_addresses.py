"""Addresses of our own network are refused in every disguise."""

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.webhooks.addresses import AddressRefused, PublicResolver, check_url, is_public

PRIVATE = [
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
    *("2002:7f00:1::", "2001:db8::1", "fe80::1%eth0"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_none(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("", "shop.example", "file:///etc/passwd", "gopher://shop.example", "http://shop.example/hook", "https://"),
        *("https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://user:key@shop.example/"),
        *("https://shop.example:0/", "https://shop.example:99999/", "https://[broken/"),
    ],
)
def test_what_must_not_be_called_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url)


def test_a_public_address_may_be_called_and_the_setting_allows_our_own() -> None:
    assert check_url("https://shop.example:8443/hook?a=1") == "https://shop.example:8443/hook?a=1"
    assert check_url("http://127.0.0.1:9/hook", private=True) == "http://127.0.0.1:9/hook"


class Told(AbstractResolver):
    """Resolves as it is told."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in self._addresses
        ]

    async def close(self) -> None:
        return


async def test_a_name_that_leads_home_is_refused() -> None:
    assert await PublicResolver(Told("8.8.8.8")).resolve("shop.example")
    for addresses in (["127.0.0.1"], ["8.8.8.8", "10.0.0.1"]):
        with pytest.raises(AddressRefused):
            await PublicResolver(Told(*addresses)).resolve("shop.example")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
async def test_other_spellings_of_loopback_are_refused(host: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011
        await PublicResolver().resolve(host, 443)
