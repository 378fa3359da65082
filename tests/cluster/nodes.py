"""A Temporal cluster on this machine: two nodes on two loopback addresses, PostgreSQL below, haproxy before them."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.activities.mail.smtp_double import free_port
from tests.cluster.programmes import Server, server
from tests.postgresql import USER, Postgres, running_postgres

ADDRESSES = ("127.0.0.1", "127.0.0.2")
DYNAMIC = Path(__file__).parents[2] / "docs" / "deploy" / "dynamicconfig" / "kantadesk.yaml"
SERVICES = ("frontend", "internal-frontend", "history", "matching", "worker")
WITHIN = 90.0
"""Seconds in which a node answers on a loaded machine."""


@dataclass
class Node:
    """One of them. Both have the same ports: a node takes its neighbours' ports to be its own."""

    address: str
    folder: Path
    programme: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it; over once it answers."""
        services = json.loads((self.folder / "node.yaml").read_text(encoding="utf-8"))["services"]
        here = ("--root", str(self.folder), "--config", ".", "--env", "node", "--allow-no-auth")
        each = [f"--service={name}" for name in services]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([self.programme, *here, "start", *each], stdout=log, stderr=log)
        end = time.monotonic() + WITHIN
        while not _listens(self.address, self.port):
            assert self.runs(), self.last_words()
            assert time.monotonic() < end, self.last_words()
            time.sleep(0.1)

    def kill(self) -> None:
        """End it as a failing machine would."""
        if self.process and self.runs():
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def runs(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def last_words(self) -> str:
        """The end of its log."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-3000:]


@dataclass
class Cluster:
    """A running one. ``address``: where haproxy listens."""

    address: str
    nodes: list[Node]
    database: Postgres


@contextmanager
def cluster(folder: Path, **of_global: Any) -> Iterator[Cluster]:
    """Two nodes and what they need, running while inside; ``of_global``: more of ``global`` in their configuration."""
    built = server()
    with ExitStack() as running:
        database = running.enter_context(running_postgres())
        _databases(built, database)
        ports = _ports()
        nodes = []
        for address in ADDRESSES:
            own = folder / address
            own.mkdir()
            dynamic = own / "dynamic.yaml"
            shutil.copy2(DYNAMIC, dynamic)
            configured = _configuration(address, ports, database, dynamic, of_global)
            (own / "node.yaml").write_text(json.dumps(configured), encoding="utf-8")  # JSON is YAML
            nodes.append(Node(address, own, built.server, ports["frontend"][0]))
        for node in nodes:  # one after the other: both at once on empty databases, and one dies
            running.callback(node.kill)
            node.start()
        yield Cluster(running.enter_context(_proxy(folder, nodes)), nodes, database)


def _databases(built: Server, database: Postgres) -> None:
    for name, kind in (("temporal", "temporal"), ("temporal_visibility", "visibility")):
        tool = [str(built.sql_tool), "--plugin", "postgres12", "--ep", "127.0.0.1", "-p", str(database.port)]
        tool += ["-u", USER, "--db", name]
        versions = built.schema / kind / "versioned"
        for asked in (["create"], ["setup-schema", "-v", "0.0"], ["update-schema", "-d", str(versions)]):
            done = subprocess.run([*tool, *asked], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr


def _configuration(
    address: str, ports: dict[str, tuple[int, int]], database: Postgres, dynamic: Path, of_global: dict[str, Any]
) -> dict[str, Any]:
    def store(name: str, connections: int) -> dict[str, Any]:
        return {"sql": {
            "pluginName": "postgres12", "databaseName": name, "connectAddr": f"127.0.0.1:{database.port}",
            "connectProtocol": "tcp", "user": USER, "password": "", "maxConns": connections,
            "maxIdleConns": connections, "maxConnLifetime": "1h",
        }}  # fmt: skip

    def service(name: str) -> dict[str, Any]:
        grpc, membership = ports[name]
        return {"rpc": {"grpcPort": grpc, "membershipPort": membership, "bindOnIP": address}}

    is_guarded = "authorization" in of_global
    return {
        "log": {"stdout": True, "level": "warn"},
        "persistence": {
            "defaultStore": "default", "visibilityStore": "visibility", "numHistoryShards": 4,
            "datastores": {"default": store("temporal", 20), "visibility": store("temporal_visibility", 10)},
        },
        "global": {"membership": {"maxJoinDuration": "30s", "broadcastAddress": address}, **of_global},
        "services": {name: service(name) for name in SERVICES if is_guarded or name != "internal-frontend"},
        "clusterMetadata": {
            "enableGlobalNamespace": False, "failoverVersionIncrement": 10, "masterClusterName": "active",
            "currentClusterName": "active", "clusterInformation": {"active": {
                "enabled": True, "initialFailoverVersion": 1, "rpcName": "frontend",
                "rpcAddress": f"{address}:{ports['frontend'][0]}",
            }},
        },
        "dcRedirectionPolicy": {"policy": "noop"},
        "dynamicConfigClient": {"filepath": str(dynamic), "pollInterval": "10s"},
    } | ({} if is_guarded else {"publicClient": {"hostPort": f"{address}:{ports['frontend'][0]}"}})  # fmt: skip


def _ports() -> dict[str, tuple[int, int]]:
    """For each service two that are free on both addresses, and small: in PostgreSQL they are kept as ``smallint``."""
    free = (port for port in random.sample(range(10_000, 32_000), 2_000) if not _is_taken(port))
    return {name: (next(free), next(free)) for name in SERVICES}


def _is_taken(port: int) -> bool:
    try:
        for address in ADDRESSES:
            with socket.socket() as tried:
                tried.bind((address, port))
    except OSError:
        return True
    return False


@contextmanager
def _proxy(folder: Path, nodes: list[Node]) -> Iterator[str]:
    """Haproxy before both; where it listens. A node that is away is left out within a second."""
    port = free_port()
    servers = [
        f"  server node{n} {node.address}:{node.port} check inter 500 fall 1 rise 1" for n, node in enumerate(nodes)
    ]
    lines = [
        "global", "  maxconn 500", "defaults", "  mode tcp", "  timeout connect 2s", "  timeout client 1h",
        "  timeout server 1h", "  option redispatch", "  retries 3", "listen temporal", f"  bind 127.0.0.1:{port}",
        "  balance roundrobin", "  default-server on-marked-down shutdown-sessions", *servers,
    ]  # fmt: skip
    file = folder / "haproxy.cfg"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    found = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found
    with (folder / "haproxy.log").open("ab") as log:
        process = subprocess.Popen([found, "-f", file, "-db"], stdout=log, stderr=log)
    try:
        end = time.monotonic() + WITHIN
        while not _listens("127.0.0.1", port):
            assert process.poll() is None, (folder / "haproxy.log").read_text(encoding="utf-8")
            assert time.monotonic() < end
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _listens(address: str, port: int) -> bool:
    with socket.socket() as asked:
        asked.settimeout(1)
        return asked.connect_ex((address, port)) == 0
