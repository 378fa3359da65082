"""A PostgreSQL server of the tests' own: Debian's programmes, a temporary folder, a free port of this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.activities.mail.smtp_double import free_port

USER = "tester"
NOT_HERE = "PostgreSQL is not installed (Debian: apt-get install postgresql)"


class Postgres:
    """The server. As root it runs as another user, since PostgreSQL refuses root."""

    def __init__(self, programmes: Path, account: str | None) -> None:
        self._programmes, self._account = programmes, account
        self._folder = Path(tempfile.mkdtemp(prefix="kantadesk-postgresql-"))
        self.port = free_port()
        self._numbers = count(1)

    def make(self) -> None:
        """Make the cluster. What is written need not outlive this machine."""
        if self._account:
            shutil.chown(self._folder, self._account)
        self._run("initdb", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """Start it."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "start", "-w", "-l", str(self._folder / "log"), "-o", f"{options} -c max_connections=400")

    def stop(self, how: str = "immediate") -> None:
        """Stop it; immediate: as a power cut would."""
        self._run("pg_ctl", "stop", "-m", how, "-w")

    def start_again(self) -> None:
        """Cut all sessions and come back."""
        self._run("pg_ctl", "restart", "-m", "immediate", "-w", "-l", str(self._folder / "log"))

    def remove(self) -> None:
        """Stop it and take its folder away."""
        self.stop()
        shutil.rmtree(self._folder)

    def database(self) -> str:
        """The address of a new database."""
        name = f"desk{next(self._numbers)}"
        self.say(f"create database {name}")
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def say(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Say something to it as its administrator; what it answers."""
        where = f"host=127.0.0.1 port={self.port} user={USER} dbname={database}"
        with closing(psycopg.connect(where, autocommit=True)) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def require_password(self, user: str) -> None:
        """Let this user in by password only."""
        rules = self._folder / "pg_hba.conf"
        rules.write_text(f"host all {user} 127.0.0.1/32 scram-sha-256\n" + rules.read_text("ascii"), "ascii")
        self.say("select pg_reload_conf()")

    def _run(self, programme: str, *options: str) -> None:
        account: dict[str, Any] = (
            {"user": self._account, "group": self._account, "extra_groups": []} if self._account else {}
        )
        subprocess.run(
            [self._programmes / programme, "-D", str(self._folder), *options],
            check=True, stdout=subprocess.DEVNULL, cwd=self._folder, timeout=120, **account,
        )  # fmt: skip


def postgresql_programmes() -> Path | None:
    """The newest that Debian has installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running_postgres() -> Generator[Postgres]:
    """A server for as long as this lasts."""
    programmes = postgresql_programmes()
    if programmes is None:
        pytest.skip(NOT_HERE)
    server = Postgres(programmes, pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None)
    server.make()
    server.start()
    try:
        yield server
    finally:
        server.remove()
