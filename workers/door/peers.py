"""Which account of this machine is at the other end of a connection on the loopback address (Linux: the kernel tells).

``SO_PEERCRED`` is for Unix sockets only; of a TCP connection it stands in ``/proc/net/tcp``. Where that can't be read,
or the connection is not listed, the answer is None: then a token is needed.
"""

from __future__ import annotations

import ipaddress
import os
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_TABLE = {4: Path("/proc/net/tcp"), 6: Path("/proc/net/tcp6")}
_LOCAL, _REMOTE, _UID, _INODE = 1, 2, 7, 9
"""Columns of the table."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_own(uid: int | None) -> bool:
    """Whether an account is the one that runs this."""
    return uid is not None and uid == os.getuid()


def account_at(peer: Sequence[Any], ours: Sequence[Any]) -> int | None:
    """The uid of who has opened a connection from ``peer`` to ``ours`` (host and port each); None where unknown.

    A socket that nobody holds any more (inode 0) is listed under uid 0, whoever it belonged to: that is unknown, too.
    """
    if sys.platform != "linux":
        return None
    try:
        theirs, us = _plain(peer[0]), _plain(ours[0])
        if not theirs.is_loopback:
            return None
        wanted = (_written(theirs, peer[1]), _written(us, ours[1]))
        table = _TABLE[theirs.version].read_text(encoding="ascii")
    except (OSError, ValueError, IndexError):
        return None
    for line in table.splitlines()[1:]:
        columns = line.split()
        if (columns[_LOCAL], columns[_REMOTE]) == wanted and columns[_INODE] != "0":
            return int(columns[_UID])
    return None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address, or is at its other end."""
    try:
        return host == "localhost" or _plain(host).is_loopback
    except ValueError:
        return False


def _plain(host: str) -> Address:
    """An address; an IPv4 one also where it came to a socket of both kinds."""
    address = ipaddress.ip_address(host)
    return getattr(address, "ipv4_mapped", None) or address


def _written(address: Address, port: int) -> str:
    """An address and a port as the table writes them: each 32 bits in the machine's own order."""
    words = struct.unpack(f"={len(address.packed) // 4}I", address.packed)
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"
