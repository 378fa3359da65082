"""Who stands as ``by``: the setting, the shift, the account; never one that is nobody's own."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from starter.sending import who
from starter.terminal.errors import Wrong
from workers import settings as all_settings
from workers.kept_texts import KEPT_FOR
from workers.keys import ring
from workers.settings import Settings

AT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock, which a test may move."""
    times = [AT]
    monkeypatch.setattr(who, "now", lambda: times[0])
    return times


def desk_of(folder: Path, **given: str) -> Settings:
    if not (folder / "keys.toml").exists():
        ring.save(folder / "keys.toml", ring.generate())
    return all_settings.load({"KANTADESK_DATA_DIR": str(folder), **given})


def account(monkeypatch: pytest.MonkeyPatch, name: str, before_sudo: str = "") -> None:
    """Log in under a name, as the environment of a login says it."""
    monkeypatch.setenv("LOGNAME", name)
    monkeypatch.setenv("SUDO_USER", before_sudo)
    assert getpass.getuser() == name


def test_the_setting_goes_before_the_shift_and_the_shift_before_the_account(
    tmp_path: Path, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    account(monkeypatch, "avirtanen")
    assert who.known(desk_of(tmp_path)).name == "avirtanen"
    who.begin(desk_of(tmp_path), "Anna Virtanen")
    found = who.known(desk_of(tmp_path))
    assert (found.name, found.since) == ("Anna Virtanen", clock[0])
    assert who.known(desk_of(tmp_path, KANTADESK_BY="Mikko Laine")).name == "Mikko Laine"
    who.end(desk_of(tmp_path))
    assert who.known(desk_of(tmp_path)).name == "avirtanen"


@pytest.mark.parametrize("nobody", [*sorted(who.NO_PERSON), "Root", "ADMINISTRATOR"])
def test_an_account_that_nobody_has_for_himself_is_no_name(
    tmp_path: Path, clock: list[datetime], monkeypatch: pytest.MonkeyPatch, nobody: str
) -> None:
    assert clock
    account(monkeypatch, nobody)
    assert who.known(desk_of(tmp_path)).name == ""
    with pytest.raises(Wrong, match="is an account, not a person"):
        who.begin(desk_of(tmp_path), f" {nobody} ")
    with pytest.raises(Wrong, match=r"by: .*is an account, not a person"):
        who.known(desk_of(tmp_path, KANTADESK_BY=nobody))
    account(monkeypatch, nobody, before_sudo="avirtanen")
    assert who.known(desk_of(tmp_path)).name == "avirtanen"


def test_at_a_shared_desk_the_account_says_nothing(
    tmp_path: Path, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clock
    account(monkeypatch, "palvelupiste")
    shared = desk_of(tmp_path, KANTADESK_SHARED_DESK="true")
    assert who.known(shared).name == ""
    assert who.begin(shared, "Anna Virtanen").name == who.known(shared).name == "Anna Virtanen"


def test_a_shift_ends_after_a_day_and_lies_encrypted(
    tmp_path: Path, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    account(monkeypatch, "root")
    who.begin(desk_of(tmp_path), "Anna Virtanen")
    [file] = (tmp_path / "shift").iterdir()
    assert b"Virtanen" not in file.read_bytes()
    clock[0] += KEPT_FOR
    assert who.known(desk_of(tmp_path)).name == ""


@pytest.mark.parametrize("name", ["", "   ", "131052-308T", "x" * 400])
def test_what_is_no_name_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(Wrong) as refused:
        who.begin(desk_of(tmp_path), name)
    assert "\n" not in refused.value.message
    assert refused.value.message.startswith("--by: ")
