"""The store in both homes: tables, transactions, who lives, what happens where it is full or away."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, insert, select, text

from activities.store.port import StoreFault, StoreFull
from activities.store.putting import put_new
from activities.store.sqlite import ROOM, SqliteStore
from activities.store.tables import CLAIMS, HEAD, METADATA
from tests.chaos.small_disk import SmallDisk
from tests.store import store_in


def _put(number: int, store: Connection) -> None:
    put_new(store, CLAIMS, {"key": f"k{number}", "holder": "h", "worker": number})


def _number(store: Connection) -> int:
    return store.execute(select(func.count()).select_from(CLAIMS)).scalar_one()


@pytest.mark.usefixtures("home")
def test_the_migrations_make_the_tables_that_are_declared(tmp_path: Path) -> None:
    store = store_in(tmp_path)

    def differences(there: Connection) -> object:
        return compare_metadata(MigrationContext.configure(there, opts={"compare_type": True}), METADATA)

    assert store.read(differences) == []
    assert store.read(lambda there: there.execute(text("select version_num from alembic_version")).scalar()) == HEAD
    store.close()


@pytest.mark.usefixtures("home")
def test_a_store_of_a_newer_release_is_not_touched(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.write(lambda there: there.execute(text("update alembic_version set version_num = '9999'")))
    store.close()
    with pytest.raises(StoreFault, match="made by a newer release"):
        store_in(tmp_path).read(_number)


@pytest.mark.usefixtures("home")
def test_several_that_open_a_new_store_at_once_make_it_once(tmp_path: Path) -> None:
    stores = [store_in(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda store: store.write(partial(_put, id(store))), stores))
    assert stores[0].read(_number) == 4
    for store in stores:
        store.close()


@pytest.mark.usefixtures("home")
def test_each_of_many_changes_at_once_is_whole_and_fails_alone(tmp_path: Path) -> None:
    """Those who wait for their turn may share a transaction: what one of them raises takes nothing from the others."""
    store, all_there = store_in(tmp_path), threading.Barrier(20)

    def change(number: int, into: Connection) -> int:
        _put(number, into)
        if number % 4 == 1:
            raise LookupError(str(number))
        if number % 4 == 2:
            into.execute(insert(CLAIMS), {"key": f"k{number}", "holder": "again", "worker": 0})
        return number

    def ask(number: int) -> int | str:
        all_there.wait()
        try:
            return store.write(partial(change, number), durable=number % 2 == 0)
        except (LookupError, StoreFault) as fault:
            return type(fault).__name__

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, range(20)))
    kinds = {1: "LookupError", 2: "StoreFault"}
    assert answers == [kinds.get(number % 4, number) for number in range(20)]
    assert store.read(_number) == 10
    store.close()


@pytest.mark.usefixtures("home")
def test_what_fails_shows_no_value(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    row = {"key": "k", "holder": "matti.meikalainen@example.org", "worker": 1}
    store.write(lambda into: into.execute(insert(CLAIMS), row))
    with pytest.raises(StoreFault) as fault:
        store.write(lambda into: into.execute(insert(CLAIMS), row))
    assert "meikalainen" not in str(fault.value)
    assert "\n" not in str(fault.value)
    store.close()


@pytest.mark.usefixtures("home")
def test_a_worker_lives_as_long_as_its_store_is_open(tmp_path: Path) -> None:
    one, other, third = (store_in(tmp_path) for _ in range(3))
    number = one.worker()
    assert number == one.worker() != other.worker()
    assert one.is_alive(number)
    assert other.is_alive(number)
    one.close()
    assert not other.is_alive(number)
    assert not third.is_alive(number)
    for store in (other, third):
        store.close()


def test_the_file_is_its_owners_only_and_the_dead_leave_none(tmp_path: Path) -> None:
    for _ in range(3):
        store = SqliteStore(tmp_path / "store")
        store.worker()
        store.write(partial(_put, 1))
        store.close()
    (tmp_path / "store" / "kantadesk.db").stat()
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "store").glob("kantadesk.db*")} == {0}
    assert len(list((tmp_path / "store").glob("*.alive"))) == 1


def test_on_a_full_disk_an_answer_finds_the_room_that_was_taken_and_nothing_new_begins(tmp_path: Path) -> None:
    disk = SmallDisk(tmp_path / "disk", list)
    if not disk.is_mounted:
        pytest.skip("a small file system can't be mounted here")
    try:
        store = SqliteStore(disk.place / "store")
        store.take_room()
        disk.fill()
        for number in range(200):  # more than the log has pages to spare
            store.write(partial(_put, number), from_room=True)
        assert not (disk.place / "store" / "reserve").exists()
        disk.fill()
        with pytest.raises(StoreFull):
            store.take_room()
        disk.free()
        store.take_room()
        assert (disk.place / "store" / "reserve").stat().st_blocks * 512 >= ROOM
        assert store.read(_number) == 200
        store.close()
    finally:
        disk.close()


async def test_a_folder_that_nobody_may_write_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder", encoding="utf-8")
    with pytest.raises(StoreFault, match=r"^the store can't be used \(.*\): .*kantadesk\.db$"):
        await asyncio.to_thread(SqliteStore(tmp_path / "store").read, _number)
