"""The doctor looks at the store in both of its homes, and changes nothing there."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from starter.doctor.checks import CheckResult
from starter.doctor.store_check import check_store
from tests.postgresql import Postgres
from workers.settings import Settings, load
from workers.store import store_of


def looked(settings: Settings) -> CheckResult:
    """What is found."""
    [found] = check_store(settings)
    return found


def used_by(settings: Settings, statement: str = "select 1") -> None:
    """Use the store as a worker of this release would."""
    store = store_of(settings)
    store.write(lambda there: there.execute(text(statement)))
    store.close()


def test_a_store_that_nobody_has_used_is_not_made(tmp_path: Path, postgres: Postgres) -> None:
    here = load({}, data_dir=tmp_path)
    there = load({}, data_dir=tmp_path, store=postgres.database())
    for settings in (here, there):
        found = looked(settings)
        assert found.level == "ok"
        assert found.detail.endswith(" (made by the first worker)")
    assert not (tmp_path / "store").exists()
    assert postgres.say(
        "select count(*) from pg_tables where tablename = 'letters'", there.store.rpartition("/")[2]
    ) == [(0,)]


def test_a_store_in_use_is_named(tmp_path: Path, postgres: Postgres) -> None:
    for settings in (load({}, data_dir=tmp_path), load({}, data_dir=tmp_path, store=postgres.database())):
        used_by(settings)
        assert looked(settings) == CheckResult("ok", "store", store_of(settings).place)


def test_a_store_of_a_newer_release_is_a_fault(tmp_path: Path, postgres: Postgres) -> None:
    for settings in (load({}, data_dir=tmp_path), load({}, data_dir=tmp_path, store=postgres.database())):
        used_by(settings, "update alembic_version set version_num = '9999'")
        found = looked(settings)
        assert (found.level, found.to_do) == ("fault", "install that release")
        assert "made by a newer release (its tables are 9999)" in found.detail


def test_a_store_that_is_away_is_a_fault_that_says_what_to_do(tmp_path: Path, postgres: Postgres) -> None:
    address = postgres.database().rpartition("/")[0] + "/nowhere"
    found = looked(load({}, data_dir=tmp_path, store=address))
    assert found.level == "fault"
    assert 'database "nowhere" does not exist' in found.detail
    assert found.to_do.startswith("no letter leaves without it")
