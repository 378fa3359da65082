"""The TCP ports of the embedded server: found before anything starts, so that one clear line names a taken one.

A free port that was only looked at can go to anybody before the server takes it, so it is kept: bound, not listening.
Linux then gives it to nobody who wants any free one, and still to the server, which asks for it by its number. Other
systems would refuse it to the server too, so there it is let go.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from workers.settings import Settings

LOOPBACK = "127.0.0.1"


class PortTaken(RuntimeError):
    """A port can't be used. The message says which one and how to choose another."""


class Ports(NamedTuple):
    """The ports that ``kantadesk up`` uses, all on the loopback address."""

    grpc: int
    web: int
    http: int
    codec: int

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins under which a browser may open Temporal Web: by number and by name."""
        return (f"http://{LOOPBACK}:{self.web}", f"http://localhost:{self.web}")


@contextmanager
def reserved_ports(settings: Settings) -> Iterator[Ports]:
    """The configured ports, a free one wherever 0 is configured; nobody else is given them while inside.

    Raises ``PortTaken``.
    """
    wanted = {
        "port": settings.port,
        "ui_port": settings.ui_port,
        "http_port": settings.http_port,
        "codec_port": settings.codec_port,
    }
    with ExitStack() as held:  # all at once, so that no free port is found twice
        found = [held.enter_context(_bound(name, port)).getsockname()[1] for name, port in wanted.items()]
        if sys.platform != "linux":
            held.close()
        yield Ports(*found)


def _bound(name: str, port: int) -> socket.socket:
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # As servers do it: a port whose last connections are still closing is free, and so is one that is only kept.
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((LOOPBACK, port))
    except OSError as fault:
        place.close()
        option = "--" + name.replace("_", "-")
        why = "is used by another programme" if fault.errno == errno.EADDRINUSE else f"can't be used ({fault.strerror})"
        raise PortTaken(
            f"port {port} {why}: stop that one, or choose another with {option} (0: any free one)"
        ) from None
    return place
