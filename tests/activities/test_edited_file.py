"""The text of a file that a person has edited: no editor's mark is a fault of theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities.edited_file import edited_text
from activities.fault_report.own_form import read_mapping
from activities.operating_model.file import load_operating_model
from activities.text_messages.apprise import AppriseTexts
from starter.sending.values import from_json
from workers import settings
from workers.keys import ring

TEXT = "väylä = 1\r\nb = 2\n"
MARKED = ["utf-8", "utf-8-sig", "utf-16", "utf-32"]


@pytest.mark.parametrize("encoding", MARKED)
def test_each_mark_is_taken_off_and_nothing_else_changes(encoding: str) -> None:
    assert edited_text(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("mark", [b"\xfe\xff", b"\x00\x00\xfe\xff"])
def test_so_is_the_mark_of_the_other_byte_order(mark: bytes) -> None:
    assert edited_text(mark + TEXT.encode("utf-16-be" if len(mark) == 2 else "utf-32-be")) == TEXT


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        edited_text("väylä".encode("cp1252"))


@pytest.mark.parametrize("encoding", MARKED)
def test_every_file_that_a_person_edits_is_read_so(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    monkeypatch.chdir(tmp_path)
    key_ring = ring.generate(datetime(2026, 11, 27, tzinfo=UTC))
    ring.save(tmp_path / "made.toml", key_ring)
    made = (tmp_path / "made.toml").read_text(encoding="utf-8")
    edited("kantadesk.toml", 'notice_feed = ["feed.xml"]\nsendgrid_api_key_file = "key"\n')
    edited("key", "SG.secret\n")
    edited("elks", "hunter2\n")

    here = settings.load({})
    assert here.notice_feed == (str(tmp_path / "feed.xml"),)
    assert here.secret("sendgrid_api_key_file") == "SG.secret"
    assert ring.load(edited("keys.toml", made)).current == key_ring.current
    assert read_mapping(edited("mapping.toml", '[fields]\nphone = "Puhelin"\n')).fields == {"phone": "Puhelin"}
    example = settings.packaged_operating_model().read_text(encoding="utf-8")
    assert load_operating_model(edited("operating-model.toml", example)).contacts
    AppriseTexts(lambda: "", tmp_path).check("json://user:{secret:elks}@127.0.0.1/x")
    assert from_json('{"by": "Äijä"}'.encode(encoding)) == {"by": "Äijä"}


def test_a_key_ring_in_the_environment_may_have_come_from_such_a_file() -> None:
    with pytest.raises(ring.KeyFileError, match="needs current"):
        ring.parse("\ufeffa = 1", "environment variable X")
