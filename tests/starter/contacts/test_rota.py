"""Who is on duty, as the command line says it: lists, the board, one contact, the doctor, the week that comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.activities.rota.calendars import calendar, event
from tests.builders import now
from tests.starter.conftest import Desk
from tests.starter.contacts.own_desk import desk_of, example_model

HOLDERS = 'contacts = ["duty-officer"]\ndeputies = ["deputy-duty-officer"]\n# rota = "rota.ics"\n'
HELD = 'contacts = ["duty-officer", "preparedness-manager"]\ndeputies = ["deputy-duty-officer"]\nrota = "rota.ics"\n'


def stamp(moment: datetime) -> str:
    return f":{moment:%Y%m%dT%H%M%SZ}"


def shifts(desk: Desk, *more: str) -> datetime:
    """Two shifts, the first of which is now; answers when it ends."""
    change = (now() + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    first = event("Night: duty-officer", start=stamp(change - timedelta(hours=9)), end=stamp(change), uid="1")
    then = event("preparedness-manager", start=stamp(change), end=stamp(change + timedelta(days=9)), uid="2")
    (desk.data_dir / "rota.ics").write_bytes(calendar(first, then, *more))
    return change


@pytest.fixture(scope="module")
def on_call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose duty officer is who the rota says."""
    text = example_model()
    assert HOLDERS in text
    text = text.replace(HOLDERS, HELD).replace(
        "[acknowledgement_links]\n", '[acknowledgement_links]\naddress = "http://127.0.0.1:9"\n'
    )
    with desk_of(tmp_path_factory.mktemp("on-call"), text) as desk:
        yield desk


def test_who_is_on_duty_is_said_wherever_somebody_looks(on_call: Desk) -> None:
    change = shifts(on_call)
    [told] = on_call("contacts", "rota", "--json").json
    assert (told["role"], told["contacts"], told["then"]) == (
        "duty_officer",
        ["duty-officer"],
        ["preparedness-manager"],
    )
    assert datetime.fromisoformat(told["until"]) == change
    assert [each["contacts"] for each in told["coming"]] == [["duty-officer"], ["preparedness-manager"]]
    for command in (("contacts", "rota"), ("duty", "list"), ("board", "--once"), ("contacts", "show", "duty-officer")):
        shown = on_call(*command)
        assert shown.code == 0, shown.err
        assert "On duty, duty officer: " in shown.out
        assert ", then " in shown.out
    assert "On duty" not in on_call("contacts", "show", "desk").out
    page = on_call.data_dir / "wall.html"
    assert on_call("board", "--html", str(page), "--once").code == 0
    assert "On duty" not in page.read_text(encoding="utf-8"), "a wall shows no names"


def test_what_is_wrong_with_a_rota_is_said(on_call: Desk) -> None:
    hole = now() + timedelta(hours=1)
    shifts(on_call, event("Somebody Else", start=stamp(hole), end=stamp(hole + timedelta(minutes=30)), uid="3"))
    shown = on_call("contacts", "rota").out
    assert "OVERLAP; SOMEBODY WHO IS NO CONTACT" in shown
    doctor = on_call("doctor").out
    assert "The rota has a shift of somebody who is no contact, role duty officer" in doctor
    assert "letters bear links to http://127.0.0.1:9, and no door answers there: door_port is 0" in doctor
    watched = {each["kind"] for each in on_call("doctor", "--watch", "--json").json["findings"]}
    assert {"rota_overlap", "rota_unmatched"} <= watched

    (on_call.data_dir / "rota.ics").write_bytes(calendar())
    assert "On duty, duty officer: GAP: NOBODY; alarms go to everybody in the role" in on_call("duty", "list").out
    (on_call.data_dir / "rota.ics").write_bytes(b"<html>")
    assert "is no iCalendar file" in on_call("contacts", "rota").out
