"""Which addresses may be called: public ones, so that nobody reaches our own network through us (SSRF).

A name is judged by what it resolves to in the very look-up that the connection uses: it cannot change in between.
"""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(OSError):
    """The address must not be called; its text is one line fit for a person."""


def check_url(url: str, *, private: bool = False) -> str:
    """The URL. AddressRefused when it is none that may be called; `private` allows our own network, and http."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("this is no address such as https://shop.example/hook") from None
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise AddressRefused("the address must begin with https://")
    if not parts.hostname or parts.username is not None or parts.password is not None or port == 0:
        raise AddressRefused("this is no address such as https://shop.example/hook")
    if not private and _literal(parts.hostname) and not is_public(parts.hostname):
        raise AddressRefused("the address is not a public one")
    return url


def is_public(address: str) -> bool:
    """Whether an IP address is one of the whole internet, also in IPv6's disguises of IPv4."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        hidden = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if found in _TRANSLATED:
            hidden = ipaddress.IPv4Address(found.packed[-4:])
        if hidden:
            return is_public(str(hidden))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


class PublicResolver(AbstractResolver):
    """Resolves names, and refuses those of which any address is not public."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(each["host"]) for each in found):
            raise AddressRefused("the address is not a public one")
        return found

    async def close(self) -> None:
        await self._inner.close()


def _literal(host: str) -> Any:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
