"""``kantadesk keys door``: names are shown, values only where they are asked for."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.starter.conftest import Answer, kantadesk


@pytest.fixture
def token(tmp_path: Path) -> str:
    """The first token of a new folder."""
    made = door(tmp_path, "--token", "integrations")
    assert made.code == 0, made.err
    return made.out.strip()


def door(folder: Path, *options: str) -> Answer:
    return kantadesk(folder, "keys", "door", *options)


def test_it_is_made_where_it_is_missing_and_shows_names_only(tmp_path: Path, token: str) -> None:
    shown = door(tmp_path)

    assert len(token) > 40
    assert token not in shown.out
    assert shown.out.startswith("Tokens: integrations ")
    assert stat.S_IMODE((tmp_path / "door.toml").stat().st_mode) == 0o600


def test_tokens_come_and_go_one_by_one(tmp_path: Path, token: str) -> None:
    assert door(tmp_path, "--add", "monitoring", "--json").json["tokens"] == ["integrations", "monitoring"]
    assert door(tmp_path, "--remove", "monitoring", "--json").json["tokens"] == ["integrations"]
    assert door(tmp_path, "--token", "integrations").out.strip() == token
    assert [door(tmp_path, option, "monitoring").code for option in ("--token", "--remove")] == [4, 4]


def test_rotated_all_are_new(tmp_path: Path, token: str) -> None:
    assert door(tmp_path, "--rotate").code == 0
    assert door(tmp_path, "--token", "integrations").out.strip() not in {token, ""}


def test_a_file_that_is_broken_is_said_and_can_be_made_new(tmp_path: Path, token: str) -> None:
    (tmp_path / "door.toml").write_text("[", encoding="utf-8")
    refused = door(tmp_path)

    assert (refused.code, "door.toml is no TOML" in refused.err) == (2, True)
    assert door(tmp_path, "--rotate", "--json").json["tokens"] == ["integrations"]
    assert door(tmp_path, "--token", "integrations").out.strip() != token


def test_one_change_at_a_time(tmp_path: Path) -> None:
    assert door(tmp_path, "--add", "a", "--rotate").code == 2
    assert door(tmp_path, "--add", "a b").code == 2
