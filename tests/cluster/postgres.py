"""A PostgreSQL of the tests' own: new and empty, on 127.0.0.1, gone after them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.activities.mail.smtp_double import free_port

OWNER = "postgres"
"""Whom root becomes: PostgreSQL runs as nobody who may do everything."""
DATA = ("--pgdata=data",)
MANY = "-c max_connections=200"


class Postgres(NamedTuple):
    """One that runs. Whoever is on this machine may log in as ``user``, without a password."""

    port: int
    user: str = "desk"


def programmes() -> Path | None:
    """The folder with ``initdb`` and ``postgres``, of the newest version that Debian's package has put there."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((each.parent for each in versions), key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """One that runs while inside, in a folder of its own: what belongs to root is no place for it."""
    where = programmes()
    assert where, "PostgreSQL is not installed"
    who = OWNER if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="kantadesk-postgres-") as folder:
        if who:
            shutil.chown(folder, who)
        with _running(where, Path(folder), who) as running:
            yield running


@contextmanager
def _running(where: Path, folder: Path, who: str | None) -> Iterator[Postgres]:
    def run(programme: str, *asked: str, keeps_running: bool = False) -> None:
        said = None if keeps_running else subprocess.PIPE  # what goes on running would hold a pipe open
        done = subprocess.run([where / programme, *asked], user=who, cwd=folder, stdout=said, stderr=said, check=False)
        assert done.returncode == 0, done.stderr

    running = Postgres(free_port())
    run("initdb", *DATA, "--username=desk", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -c port={running.port} -c unix_socket_directories='' {MANY}"
    run("pg_ctl", *DATA, "--silent", "--wait", "--log=log", f"--options={options}", "start", keeps_running=True)
    try:
        yield running
    finally:
        run("pg_ctl", *DATA, "--mode=immediate", "stop")
