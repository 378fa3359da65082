"""The door's secrets: made once, private, taken anew as soon as they change; and what signs the right of a browser."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from workers.door import browsers
from workers.door.browsers import Browsers, UsedLinks, link
from workers.door.secrets_file import DoorFile, DoorFileError, fresh, with_token

US = os.getuid()


@pytest.fixture
def file(tmp_path: Path) -> DoorFile:
    """A file as the first start makes it."""
    made = DoorFile(tmp_path / "desk" / "door.toml")
    assert made.make_where_missing()
    return made


def ticket_of(address: str) -> str:
    return address.partition("ticket=")[2]


def test_the_file_is_made_once_and_for_its_owner_only(file: DoorFile) -> None:
    before = file.secrets()

    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert not file.make_where_missing()
    assert file.secrets() == before
    assert list(before.tokens) == ["integrations"]
    assert before.tokens["integrations"] not in repr(before)
    assert before.browsers not in repr(before)


def test_one_that_others_may_read_is_refused(file: DoorFile) -> None:
    file.secrets()
    file.path.chmod(0o640)

    with pytest.raises(DoorFileError, match="may be read by others: chmod 600"):
        file.secrets()


@pytest.mark.parametrize(
    "text", ["", "browsers = 3", 'browsers = "short"', "[", f'browsers = "{"a" * 30}"\n[tokens]\nx = ""']
)
def test_one_that_can_not_be_used_is_said(file: DoorFile, text: str) -> None:
    file.path.write_text(text, encoding="utf-8")

    with pytest.raises(DoorFileError, match=r"door\.toml"):
        file.secrets()


def test_a_change_counts_at_once(file: DoorFile) -> None:
    before = file.secrets()
    file.write(with_token(before, "monitoring"))
    assert set(file.secrets().tokens) == {"integrations", "monitoring"}
    assert file.secrets().tokens["integrations"] == before.tokens["integrations"]
    file.write(fresh(["integrations"]))

    assert set(file.secrets().tokens.values()).isdisjoint(before.tokens.values())
    with pytest.raises(DoorFileError, match="no name of a token"):
        with_token(before, "a b")


def test_a_link_works_once_and_leads_where_it_says(file: DoorFile) -> None:
    entered = Browsers(file)
    ticket = ticket_of(link(file.secrets(), "http://127.0.0.1:1", "/namespaces/default/workflows?query=a%20b"))

    assert entered.path_of(ticket, US) == "/namespaces/default/workflows?query=a%20b"
    assert entered.path_of(ticket, US) is None


def test_a_used_link_stays_used_over_a_restart_of_the_door(file: DoorFile) -> None:
    used, unused = (ticket_of(link(file.secrets(), "http://127.0.0.1:1")) for _ in range(2))
    assert Browsers(file).path_of(used, US) == "/"

    after = Browsers(file)
    assert after.path_of(used, US) is None
    assert after.path_of(unused, US) == "/"
    assert stat.S_IMODE(file.path.with_suffix(".used").stat().st_mode) == 0o600


def test_of_used_links_only_those_that_would_still_open_are_kept(file: DoorFile) -> None:
    kept = file.path.with_suffix(".used")
    young = f"young {time.time():.0f}\n"
    kept.write_text(f"old 1700000000\n{young}cut-off 17")

    assert not UsedLinks(kept).take("young", time.time())
    assert kept.read_text() == young


def test_where_it_can_not_be_written_down_no_link_opens(file: DoorFile) -> None:
    file.path.with_suffix(".used").mkdir()

    with pytest.raises(DoorFileError, match=r"\.used can't be used"):
        Browsers(file).path_of(ticket_of(link(file.secrets(), "http://127.0.0.1:1")), US)


@pytest.mark.parametrize("path", ["//evil.example/", "http://evil.example/", "javascript:alert(1)", ""])
def test_no_link_leads_elsewhere(file: DoorFile, path: str) -> None:
    assert Browsers(file).path_of(ticket_of(link(file.secrets(), "http://127.0.0.1:1", path)), US) is None


def test_a_right_is_no_link_and_a_link_is_no_right(file: DoorFile) -> None:
    entered, right = Browsers(file), Browsers(file).right(US)

    assert entered.has_right(right, US)
    assert entered.path_of(right, US) is None
    assert not entered.has_right(ticket_of(link(file.secrets(), "http://127.0.0.1:1")), US)
    assert not entered.has_right(
        right[:-6] + ("A" if right[-6] != "A" else "B") + right[-5:], US
    )  # the last has bits to spare
    assert not entered.has_right(None, US)
    assert not entered.has_right("", US)


def test_new_secrets_end_every_right_and_every_link(file: DoorFile) -> None:
    entered = Browsers(file)
    right, ticket = entered.right(US), ticket_of(link(file.secrets(), "http://127.0.0.1:1"))
    file.write(fresh(["integrations"]))

    assert not entered.has_right(right, US)
    assert entered.path_of(ticket, US) is None


def test_a_right_and_a_link_grow_old(file: DoorFile, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = Browsers(file)
    right, ticket = entered.right(US), ticket_of(link(file.secrets(), "http://127.0.0.1:1"))
    monkeypatch.setattr(browsers, "COOKIE_FOR", -1)
    monkeypatch.setattr(browsers, "LINK_FOR", -1)

    assert not entered.has_right(right, US)
    assert entered.path_of(ticket, US) is None


def test_a_link_and_a_right_are_for_one_account(file: DoorFile) -> None:
    entered = Browsers(file)
    ours = ticket_of(link(file.secrets(), "http://127.0.0.1:1"))
    theirs = ticket_of(link(file.secrets(), "http://127.0.0.1:1", account=US + 1))

    assert entered.path_of(ours, US + 1) is None
    assert entered.path_of(ours, US) == "/", "whoever else tried has not used it up"
    assert entered.path_of(theirs, US + 1) == "/"
    right = entered.right(US + 1)
    assert [entered.has_right(right, uid) for uid in (US + 1, US, None)] == [True, False, False]


def test_where_no_account_is_known_the_link_alone_counts(file: DoorFile) -> None:
    entered = Browsers(file)

    assert entered.path_of(ticket_of(link(file.secrets(), "http://127.0.0.1:1")), None) == "/"
    assert entered.has_right(entered.right(None), None)
