"""Keys that change while somebody works with them: taken at once, whole or not at all, and none is let go."""

from __future__ import annotations

import asyncio
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import ActivitySerializationContext, WorkflowSerializationContext

from workers.codec.codec import EncryptionCodec
from workers.keys import ring as key_ring
from workers.keys.live import KeyMissing, LiveKeys, live_keys
from workers.keys.ring import KeyFileError, KeyId, KeyRing
from workers.settings import SettingsError, load
from workflows.process.payloads import why_undecodable
from workflows.process.sealed.seals import MARK

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
OTHER = key_ring.generate()
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"text"')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A key file with one key."""
    key_ring.save(tmp_path / "keys.toml", key_ring.generate(NOW))
    return tmp_path / "keys.toml"


def keys_in(path: Path) -> LiveKeys:
    return live_keys(load({}, data_dir=path.parent))


def test_a_changed_file_is_in_force_at_once(path: Path) -> None:
    keys = keys_in(path)
    key_ring.save(path, keys.ring().with_next(NOW))
    waiting = keys.ring().waiting
    key_ring.save(path, keys.ring().promoted(NOW))

    assert keys.ring().current == waiting
    assert len(keys.ring().keys) == 2


@pytest.mark.parametrize("broken", [b"", b"current = ", b'current = "x"\n[keys]\n', b"\xff\xfe"])
def test_a_file_that_can_not_be_used_is_not_taken(path: Path, broken: bytes, caplog: pytest.LogCaptureFixture) -> None:
    keys = keys_in(path)
    before, whole = keys.ring(), path.read_bytes()

    with caplog.at_level(logging.INFO, logger="workers.keys.live"):
        path.write_bytes(broken)
        assert [keys.ring() for _ in range(3)] == [before] * 3
        path.unlink()
        assert keys.ring() == before
        path.write_bytes(whole)
        assert keys.ring() == before

    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 2  # one for each change
    assert not any(
        line.partition("=")[2].strip(' "') in caplog.text for line in whole.decode().splitlines()[-4:] if "=" in line
    )


def test_a_key_that_was_held_is_never_let_go(path: Path) -> None:
    keys = keys_in(path)
    before = keys.ring()
    key_ring.save(path, OTHER)

    assert keys.ring().current == OTHER.current
    assert before.keys.items() <= keys.ring().keys.items()
    assert list(keys.written().keys) == [OTHER.current]


def test_one_id_never_means_two_keys(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keys = keys_in(path)
    before = keys.ring()
    key_ring.save(path, KeyRing(before.current, {before.current: OTHER.keys[OTHER.current]}))

    assert keys.ring() == before
    assert "another key than before under the same id" in caplog.text


async def test_a_key_that_is_not_known_is_looked_for_once_more(path: Path) -> None:
    """The file may have changed within the clock's resolution, or behind a network folder's cache."""
    ring = key_ring.load(path)
    files = [ring, ring, replace(ring, keys={**ring.keys, **OTHER.keys})]
    keys = LiveKeys("a file", lambda: files.pop(0) if len(files) > 1 else files[0], lambda: ())
    sent = await EncryptionCodec(OTHER).encode([PLAIN])

    [first] = await EncryptionCodec(keys).decode(sent)
    [second] = await EncryptionCodec(keys).decode(sent)

    assert "which is not known here" in (why_undecodable(first) or "")
    assert second == PLAIN


async def test_what_a_colleague_could_read_is_not_given_up(path: Path) -> None:
    keys = keys_in(path)
    sent = await EncryptionCodec(OTHER).encode([PLAIN])
    keys.known_elsewhere = lambda key_id: key_id == OTHER.current

    with pytest.raises(KeyMissing, match=f"the key {OTHER.current} is not in key file {re.escape(str(path))}"):
        await EncryptionCodec(keys).decode(sent)
    assert keys.lacking == OTHER.current


async def test_a_rotation_amid_the_work_loses_nothing(path: Path) -> None:
    """Eight threads write and read while the key changes; each has keys of its own, as a process has."""

    def work(_number: int) -> int:
        codec, seen = EncryptionCodec(keys_in(path)), set()
        for _ in range(300):
            [sent] = asyncio.run(codec.encode([PLAIN]))
            assert asyncio.run(codec.decode([sent])) == [PLAIN]
            seen.add(sent.metadata["encryption-key-id"])
        return len(seen)

    with ThreadPoolExecutor(8) as several:
        working = [several.submit(work, number) for number in range(8)]
        for _ in range(5):
            key_ring.save(path, key_ring.load(path).with_next(NOW))
            key_ring.save(path, key_ring.load(path).promoted(NOW))
        assert all(done.result(60) for done in working)
    assert len(key_ring.load(path).keys) == 6


def test_a_key_in_an_environment_variable(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setenv("DESK_KEYS", path.read_text(encoding="utf-8"))
    settings = load({"KANTADESK_KEY_ENV": "DESK_KEYS"})

    assert live_keys(settings).ring() == key_ring.load(path)
    assert "DESK_KEYS" in live_keys(settings).where
    assert all(key not in str(list(settings.shown())) for key in path.read_text(encoding="utf-8").split('"')[5::4])


def test_a_variable_that_is_empty_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESK_KEYS", raising=False)

    with pytest.raises(KeyFileError, match=r"environment variable DESK_KEYS \(key_env\) is empty"):
        live_keys(load({"KANTADESK_KEY_ENV": "DESK_KEYS"}))


def test_a_key_in_place_of_a_name_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="never the key itself") as refused:
        load({"KANTADESK_KEY_ENV": 'current = "a"'})
    assert "current" not in str(refused.value)


def test_the_ring_of_a_rotation_under_way_survives_its_file(path: Path) -> None:
    ring = key_ring.load(path).with_next(NOW)
    key_ring.save(path, ring)

    read = key_ring.load(path)

    assert (read.current, read.waiting, read.made) == (ring.current, ring.waiting, ring.made)
    assert read.with_next(NOW) == read, "a rotation that was cut off goes on with the key that waits"
    assert read.promoted(NOW).stopped == {ring.current: NOW}
    with pytest.raises(KeyFileError, match="is not among the keys"):
        read.without(read.current)


@pytest.mark.parametrize("waiting", ["a", "b"])
def test_a_next_key_must_be_one_of_the_others(tmp_path: Path, waiting: str) -> None:
    text = f'current = "a"\nnext = "{waiting}"\n[keys]\na = "{"A" * 43}="'
    (tmp_path / "keys.toml").write_text(text, encoding="utf-8")

    with pytest.raises(KeyFileError, match="must be among the keys, and not the current one"):
        key_ring.load(tmp_path / "keys.toml")


async def test_whose_payload_it_is_is_sealed_inside() -> None:
    """Readable for the codec server's audit, not for who looks at the history; older versions just read past it."""
    context = WorkflowSerializationContext("default", "incident-INC-1")
    codec = EncryptionCodec(OTHER).with_context(context)

    [sent] = await codec.encode([PLAIN])
    opened = EncryptionCodec(OTHER).opened(sent)

    assert opened == (PLAIN, "incident-INC-1")
    assert b"incident-INC-1" not in sent.SerializeToString()
    assert EncryptionCodec(OTHER).opened((await EncryptionCodec(OTHER).encode([PLAIN]))[0]).workflow_id == ""


async def test_it_reads_for_any_workflow() -> None:
    """A schedule encrypts under its own name, and its workflow has another."""
    [sent] = await EncryptionCodec(OTHER).with_context(WorkflowSerializationContext("default", "watch")).encode([PLAIN])
    activity = ActivitySerializationContext("default", "1", "send", "kantadesk", "watch-2026-11-22", "Watch", False)

    [read] = await EncryptionCodec(OTHER).with_context(activity).decode([sent])

    assert (read.data, read.metadata["encoding"]) == (PLAIN.data, PLAIN.metadata["encoding"])
    assert read.metadata[MARK].startswith(b"elsewhere ")


def test_a_key_id_can_not_be_a_path() -> None:
    assert not any(key_ring.is_key_id(name) for name in ("..", ".", ".x", "a/b", "-x", ""))
    assert key_ring.is_key_id(KeyId("key-1f3a90c2"))
