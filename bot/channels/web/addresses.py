"""How much may come from one network address: new customers, and messages. Counts where all processes can see it.

Knows no conversation. What one visitor may do is in `limits`; this holds back who comes under ever new names.
"""

import ipaddress
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.registry.base import Registry, RegistryUnavailable

log = logging.getLogger(__name__)

VISITORS, VISITORS_SECONDS = 60, 600.0
"""New customers of one address within so many seconds: an office behind one address fits in, a flood does not."""
MESSAGES, MESSAGES_SECONDS = 240, 60.0
_SITE_BITS = 64
"""A customer of an IPv6 network has so many bits to choose from."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Act = Literal["visitors", "messages"]


@dataclass(frozen=True, slots=True)
class Most:
    """How many of each one address may have; 0: no limit."""

    visitors: int = VISITORS
    messages: int = MESSAGES


class Origins:
    """Tells where a request comes from: the connection's other end or, where that is a trusted proxy, whom it names.

    Of `X-Forwarded-For` the last address counts that is no trusted proxy's: what stands before it anyone may claim.
    """

    def __init__(self, trusted: Sequence[str] = ()) -> None:
        self._trusted = [ipaddress.ip_network(each) for each in trusted]
        self._warned = False

    def of(self, peer: str, forwarded: str) -> str:
        """The address, of IPv6 its network; empty when nobody can tell, and so nobody is held back."""
        address = _address(peer)
        if address is None:
            return ""
        if not self._trusts(address):
            return "" if self._is_a_proxy(address, forwarded) else _named(address)
        for name in reversed(forwarded.split(",")):
            before = _address(name)
            if before is None:
                break
            address = before
            if not self._trusts(before):
                break
        return _named(address)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)

    def _is_a_proxy(self, address: Address, forwarded: str) -> bool:
        """Whether all customers seem to come from here: a proxy on our own network that nobody has told us of."""
        if address.is_loopback and not self._trusted:
            return True
        if address.is_global or not forwarded:
            return False
        if not self._warned:
            log.warning("requests come through %s: set KEFU_TRUSTED_PROXIES, or no address is held back", address)
        self._warned = True
        return True


class Addresses:
    """Admits acts of each address, counted in `registry` in windows of fixed length; `clock` gives Unix seconds."""

    def __init__(
        self,
        registry: Registry,
        most: Most | None = None,
        origins: Origins | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._registry = registry
        self._most = most or Most()
        self._origins = origins or Origins()
        self._clock = clock

    async def admit(self, act: Act, peer: str, forwarded: str) -> float:
        """0 when the act may be done now, which is counted; else the seconds until then."""
        most, seconds = {
            "visitors": (self._most.visitors, VISITORS_SECONDS),
            "messages": (self._most.messages, MESSAGES_SECONDS),
        }[act]
        address = self._origins.of(peer, forwarded)
        if not most or not address:
            return 0.0
        now = self._clock()
        try:
            counted = await self._registry.count(f"{act}:{address}:{int(now // seconds)}", seconds)
        except RegistryUnavailable:
            return 0.0  # whoever stores the message will say that the server is away
        return 0.0 if counted <= most else seconds - now % seconds


def _address(text: str) -> Address | None:
    """The address of a peer or in a header, where it may have a port or brackets; of a mapped one the IPv4 within."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _named(address: Address) -> str:
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _SITE_BITS), strict=False))
