"""The TCP ports of ``kantadesk up``: found before anything starts, so that one clear line names a taken one.

A free port that was only looked at can go to anybody before the server takes it, so it is kept: bound, not listening.
Linux then gives it to nobody who wants any free one, and still to the server, which asks for it by its number. Other
systems would refuse it to the server too, so there it is let go. The door's sockets are ours: it gets them as they are.
"""

from __future__ import annotations

import errno
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from workers.settings import Settings

LOOPBACK = "127.0.0.1"
IS_LINUX = sys.platform == "linux"


class PortTaken(RuntimeError):
    """A port can't be used. The message says which one and how to choose another."""


class Ports(NamedTuple):
    """The ports that ``kantadesk up`` uses, all on the loopback address. ``http``: 0 where the HTTP API is off."""

    grpc: int
    web: int
    http: int
    codec: int
    seen: int = 0
    """Of the page by which contacts acknowledge; 0 where it is off."""

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins under which a browser may open Temporal Web: by number and by name."""
        return (f"http://{LOOPBACK}:{self.web}", f"http://localhost:{self.web}")


class DoorSockets(NamedTuple):
    """Where the door listens: bound, not listening yet. ``http``: None where the HTTP API is off."""

    web: socket.socket
    http: socket.socket | None
    codec: socket.socket
    seen: socket.socket | None = None
    """The page by which contacts acknowledge; None where it is off."""


class Inner(NamedTuple):
    """What the server itself listens on, behind the door. ``name``: the only Host that its HTTP API answers.

    No page knows or finds ``host`` (one of 16 million loopback addresses; Linux has them all) nor ``name``. Another
    account of this machine can look both up, and reaches Temporal's own port anyway.
    """

    host: str
    web: int
    http: int
    metrics: int
    name: str
    grpc: int


class Reserved(NamedTuple):
    """Every port, and the door's sockets."""

    ports: Ports
    door: DoorSockets
    inner: Inner


@contextmanager
def reserved_ports(settings: Settings) -> Iterator[Ports]:
    """The configured ports, a free one wherever 0 is configured; nobody else is given them while inside.

    Raises ``PortTaken``.
    """
    with reserved(settings) as found:
        yield found.ports


@contextmanager
def reserved(settings: Settings) -> Iterator[Reserved]:
    """All of them, and what the server listens on behind the door. Raises ``PortTaken``."""
    with ExitStack() as ours, ExitStack() as servers:  # all at once, so that no free port is found twice

        def held(name: str, port: int, kept: ExitStack, host: str = LOOPBACK) -> socket.socket:
            return kept.enter_context(_bound(name, host, port))

        grpc = held("port", settings.port, servers)
        door = DoorSockets(
            held("ui_port", settings.ui_port, ours),
            held("http_port", settings.http_port, ours) if settings.http_api else None,
            held("codec_port", settings.codec_port, ours),
            held("door_port", settings.door_port, ours) if settings.door_port else None,
        )
        host = hidden_address() if IS_LINUX else LOOPBACK
        inner = Inner(
            host,
            _port(held("the server's", 0, servers, host)),
            _port(held("the server's", 0, servers)),
            _port(held("metrics_port", settings.metrics_port, servers)),
            f"{secrets.token_hex(16)}.internal",
            _port(grpc),
        )
        ports = Ports(
            _port(grpc),
            _port(door.web),
            _port(door.http) if door.http else 0,
            _port(door.codec),
            _port(door.seen) if door.seen else 0,
        )
        if not IS_LINUX:
            servers.close()
        yield Reserved(ports, door, inner)


def hidden_address() -> str:
    """A loopback address that nobody guesses: 127.x.y.z, new each time."""
    return f"127.{secrets.randbelow(254) + 1}.{secrets.randbelow(256)}.{secrets.randbelow(254) + 1}"


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket bound as servers do it: a port whose last connections are still closing is free. Raises ``OSError``."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    place = socket.socket(family, kind, protocol)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind(address)
    except OSError:
        place.close()
        raise
    return place


def _port(place: socket.socket) -> int:
    return int(place.getsockname()[1])


def _bound(name: str, host: str, port: int) -> socket.socket:
    try:
        return bound_socket(host, port)
    except OSError as fault:
        option = "--" + name.replace("_", "-")
        why = "is used by another programme" if fault.errno == errno.EADDRINUSE else f"can't be used ({fault.strerror})"
        raise PortTaken(
            f"port {port} {why}: stop that one, or choose another with {option} (0: any free one)"
        ) from None
