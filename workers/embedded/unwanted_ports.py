"""Close what the Temporal server opens without being asked (Linux): its metrics, its HTTP API.

``temporal server start-dev`` always listens for both, and no option turns them off. It is our child, so the kernel lets
us take its listening socket (``pidfd_getfd``) and shut that down: from then on nobody is let in, and the server goes
on (one line in its log). To be deleted once the command has such an option.
"""

from __future__ import annotations

import ctypes
import logging
import os
import socket
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

_log = logging.getLogger(__name__)
_PIDFD_GETFD = 438
"""pidfd_getfd(2), Linux 5.6; one number on every architecture."""


def close_ports(pid: int, ports: Collection[int]) -> None:
    """Have a child of ours listen no more on these ports of the loopback address."""
    if sys.platform != "linux" or not ports:
        return
    left = set(ports)
    try:
        for place in _sockets(pid):
            with place:
                if _listens(place) and (port := place.getsockname()[1]) in left:
                    place.shutdown(socket.SHUT_RDWR)
                    left.discard(port)
    except OSError as fault:
        _log.warning("the kernel does not let us close ports of the Temporal server (%s)", fault.strerror)
    if left:
        _log.warning("the Temporal server still listens on %s, which nobody asked for", sorted(left))


def _sockets(pid: int) -> Iterator[socket.socket]:
    """A second handle of each socket of the child."""
    libc = ctypes.CDLL(None, use_errno=True)
    child = os.pidfd_open(pid)
    try:
        for name in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed between two looks
                if not str(name.readlink()).startswith("socket:"):
                    continue
                handle = libc.syscall(_PIDFD_GETFD, child, int(name.name), 0)
                if handle < 0:
                    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
                yield socket.socket(fileno=handle)
    finally:
        os.close(child)


def _listens(place: socket.socket) -> bool:
    is_tcp = place.family == socket.AF_INET and place.type == socket.SOCK_STREAM
    return is_tcp and place.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
