"""``docs/deploy/store.sh`` on a real PostgreSQL makes a role and a database of their own, however often it is run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from tests.postgresql import USER, Postgres
from tests.starter.conftest import ROOT
from workers.settings import load
from workers.store import store_of

pytestmark = pytest.mark.skipif(not shutil.which("psql"), reason="psql is not installed (Debian: postgresql-client)")


def set_up(postgres: Postgres, folder: Path, password: str) -> Path:
    """Run the script; the file with the store's password."""
    (folder / "admin").write_text("not asked for here\n", encoding="utf-8")
    secret = folder / "store"
    secret.write_text(f"{password}\n", encoding="utf-8")
    told = {
        "PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "PGUSER": USER,
        "ADMIN_PASSWORD_FILE": str(folder / "admin"), "STORE_PASSWORD_FILE": str(secret),
    }  # fmt: skip
    done = subprocess.run(
        [ROOT / "docs" / "deploy" / "store.sh"],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return secret


def test_the_store_of_the_containers_is_made_and_can_be_used(postgres: Postgres, tmp_path: Path) -> None:
    address = f"postgresql://kantadesk@127.0.0.1:{postgres.port}/kantadesk"
    for password in ("it's \\ the first", "the second"):
        secret = set_up(postgres, tmp_path, password)
        postgres.require_password("kantadesk")
        store = store_of(load({}, data_dir=tmp_path, store=address, store_password_file=secret))
        store.write(lambda there: there.execute(text("select count(*) from letters")))
        assert store.revision()
        store.close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host="127.0.0.1", port=postgres.port, user="kantadesk", dbname="kantadesk", password="wrong")
    [may] = postgres.say("select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = 'kantadesk'")
    assert may == (False, False, False)
