"""Who is at the other end of a connection, as the kernel tells it."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from workers.door.peers import account_at, is_loopback, is_own

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_a_connection_of_ours_is_ours(host: str, family: socket.AddressFamily) -> None:
    if family == socket.AF_INET6 and not os.path.exists("/proc/net/if_inet6"):  # noqa: PTH110
        pytest.skip("this machine has no IPv6")
    with socket.create_server((host, 0), family=family) as server, socket.create_connection(server.getsockname()[:2]):
        accepted, peer = server.accept()
        with accepted:
            assert account_at(peer, accepted.getsockname()) == os.getuid()


def test_one_that_came_by_ipv4_to_a_socket_of_both_kinds_is_found() -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with (
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server,
        socket.create_connection(("127.0.0.1", server.getsockname()[1])),
    ):
        accepted, peer = server.accept()
        with accepted:
            assert peer[0] == "::ffff:127.0.0.1"
            assert account_at(peer, accepted.getsockname()) == os.getuid()


def test_a_socket_that_nobody_holds_any_more_is_nobodys() -> None:
    """The kernel lists it under uid 0: somebody who sends and lets go at once must not pass for root."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        gone = socket.create_connection(server.getsockname())
        accepted, peer = server.accept()
        with accepted:
            gone.close()
            assert account_at(peer, accepted.getsockname()) is None


def test_what_is_not_listed_or_not_of_this_machine_is_unknown() -> None:
    assert account_at(("127.0.0.1", 1), ("127.0.0.1", 2)) is None
    assert account_at(("192.0.2.1", 1), ("192.0.2.2", 2)) is None
    assert account_at(("no address", 1), ("127.0.0.1", 2)) is None
    assert not is_own(None)
    assert not is_own(os.getuid() + 1)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.9.8.7", True),
        ("localhost", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("evil.example", False),
    ],
)
def test_the_loopback_address_is_known(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
