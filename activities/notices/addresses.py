"""Which addresses a feed may be fetched from: public ones, or those inside our own network where the feed lies there.

A name is looked up once and the connection made to the very address that was checked: what a name means a moment later
(DNS rebinding) changes nothing. Never reached, whatever a name or a redirect says: link-local addresses (there cloud
machines answer with their own credentials), multicast and what means no address at all.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from typing import NamedTuple

Addresses = Callable[[str], Awaitable[tuple[str, ...]]]
"""From the name of a host to its IP addresses."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


class HostAddresses(NamedTuple):
    """Where a name leads now: its public addresses, those in our own network, those that are never reached."""

    public: tuple[str, ...]
    inside: tuple[str, ...]
    never: tuple[str, ...]


async def addresses_of(host: str) -> tuple[str, ...]:
    """The IP addresses of a host, by the machine's resolver. Raises ``OSError`` where it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[4][0]) for address in found))


async def host_addresses(host: str, addresses: Addresses) -> HostAddresses:
    """Where a host is. Raises ``OSError`` where the name can't be found."""
    kinds: dict[str, list[str]] = {"public": [], "inside": [], "never": []}
    for written in await addresses(host):
        kinds[_kind(_meant(written))].append(written)
    return HostAddresses(**{kind: tuple(found) for kind, found in kinds.items()})


def _kind(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return "never"
    return "public" if address.is_global else "inside"


def _meant(written: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address that is meant: an IPv4 address inside an IPv6 one counts as itself."""
    address = ipaddress.ip_address(written.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
