"""``kantadesk contacts diff`` and ``import``: no desk need run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.starter.conftest import kantadesk
from workers.settings import packaged_operating_model

TABLE = "id,name,email,phone\npharmacy-centre,,,040 1234567\nnight-nurse,Yöhoitaja,yo@example.org,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with an operating model of its own, and a table."""
    (tmp_path / "operating-model.toml").write_bytes(packaged_operating_model().read_bytes())
    (tmp_path / "kantadesk.toml").write_text('language = "en"\n', encoding="utf-8")
    (tmp_path / "contacts.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def test_what_would_change_is_shown_and_nothing_is_changed(folder: Path) -> None:
    before = (folder / "operating-model.toml").read_bytes()
    shown = kantadesk(folder, "contacts", "diff", "contacts.csv")
    assert shown.code == 0, shown.err
    assert "+358 40 1234567" in shown.out
    assert "night-nurse (new)" in shown.out
    assert "2 contacts would change." in shown.out
    told = kantadesk(folder, "contacts", "diff", "contacts.csv", "--json").json["changes"]
    assert {(each["contact"], each["is_new"]) for each in told} == {("pharmacy-centre", False), ("night-nurse", True)}
    assert (folder / "operating-model.toml").read_bytes() == before


def test_it_is_written_where_somebody_says_so(folder: Path) -> None:
    before = (folder / "operating-model.toml").read_bytes()
    refused = kantadesk(folder, "contacts", "import", "contacts.csv")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert (folder / "operating-model.toml").read_bytes() == before
    written = kantadesk(folder, "contacts", "import", "contacts.csv", "--yes")
    assert written.code == 0, written.err
    assert "+358 40 1234567" in (folder / "operating-model.toml").read_text(encoding="utf-8")
    assert "Nothing would change." in kantadesk(folder, "contacts", "diff", "contacts.csv").out


def test_a_fault_is_one_line_in_the_readers_language(folder: Path) -> None:
    (folder / "contacts.csv").write_text("id,phone\ndesk,040 12\n", encoding="utf-8")
    answer = kantadesk(folder, "contacts", "import", "contacts.csv", "--yes", "--language", "fi")
    assert answer.code == 2
    assert answer.err == "kantadesk: contacts.csv: rivi 2: puhelin: numeroa '040 12' ei voi olla olemassa\n"


def test_what_would_not_be_valid_is_not_written(folder: Path) -> None:
    before = (folder / "operating-model.toml").read_bytes()
    (folder / "contacts.csv").write_text("id,language\ndesk,xx\n", encoding="utf-8")
    answer = kantadesk(folder, "contacts", "import", "contacts.csv", "--yes")
    assert (answer.code, len(answer.err.splitlines())) == (2, 1)
    assert "contacts.csv: the operating model would not be valid with it: contacts.desk.language: 'xx'" in answer.err
    assert (folder / "operating-model.toml").read_bytes() == before


def test_the_examples_own_file_is_never_changed(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text(TABLE, encoding="utf-8")
    answer = kantadesk(tmp_path, "contacts", "import", "contacts.csv", "--yes", KANTADESK_LANGUAGE="en")
    assert answer.code == 2
    assert "this is the example's operating model" in answer.err


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("id,verified_on\ndesk,2999-01-01\n", "rivi 2: vahvistettu: 2999-01-01 on vasta tulossa"),
        ("id,name,name\ndesk,x,y\n", "rivi 1: sarake 'name' on siinä kahdesti"),
        ("id,groups\ndesk,BAD\n", "rivi 2: ryhmät: 'BAD' ei kelpaa ryhmän nimeksi"),
    ],
)
def test_every_reason_is_said_in_the_readers_language(folder: Path, table: str, said: str) -> None:
    (folder / "contacts.csv").write_text(table, encoding="utf-8")
    answer = kantadesk(folder, "contacts", "diff", "contacts.csv", "--language", "fi")
    assert (answer.code, said in answer.err) == (2, True), answer.err
