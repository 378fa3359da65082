"""Temporal's own server, as a cluster is made of it: built once from its Go module and kept in a cache folder.

The version is the newest of the minor version in ``docker-compose.yml`` that the machine's Go can build.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.postgresql import postgresql_programmes

VERSION = "1.32.1"
MODULE = "go.temporal.io/server"


class Server(NamedTuple):
    """The server, the tool that makes its databases, and the folder of their schema."""

    server: Path
    sql_tool: Path
    schema: Path


def what_is_missing() -> str:
    """What a cluster needs and this machine lacks; nothing where all is there."""
    lacks = [name for name, there in _needed().items() if not there]
    return f"a cluster needs {', '.join(lacks)}" if lacks else ""


def _needed() -> dict[str, object]:
    return {
        "Go (or its build in the cache)": shutil.which("go") or _kept().server.exists(),
        "PostgreSQL": postgresql_programmes(),
        "haproxy": shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin"),
    }


def server() -> Server:
    """What was built; the first time it takes some minutes."""
    kept = _kept()
    if not kept.schema.exists():
        folder = kept.server.parent
        folder.mkdir(parents=True, exist_ok=True)
        for package in ("cmd/server", "cmd/tools/sql"):
            _go("install", f"{MODULE}/{package}@v{VERSION}", GOBIN=str(folder))
        module = json.loads(_go("mod", "download", "-json", f"{MODULE}@v{VERSION}"))
        shutil.copytree(Path(module["Dir"]) / "schema" / "postgresql" / "v12", kept.schema)
    return kept


def _kept() -> Server:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "kantadesk" / f"temporal-server-{VERSION}"
    return Server(folder / "server", folder / "sql", folder / "schema")


def _go(*asked: str, **more: str) -> str:
    go = shutil.which("go")
    assert go, "Go is not installed"
    done = subprocess.run([go, *asked], env={**os.environ, **more}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
