"""A planned break from the command line, as a service desk would see it through; and what is refused."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import timedelta
from pathlib import Path

import pytest

from starter.terminal.time_input import now, read_moment
from tests.starter.conftest import Desk, kantadesk
from tests.starter.terminal.refused import refused_with
from workflows.procedure.local_time import local

PLAN = ("maintenance", "plan", "--title", "Uusi versio", "--service", "CODE", "--not-affected", "KELAIN")


def in_days(days: float, hour: str = "06:00") -> str:
    """A local time some days ahead, as a person types it."""
    day = local(now() + timedelta(days=days))
    return f"{day.day}.{day.month}.{day.year} {hour}"


def until_the_evening_before(start: str) -> str:
    """How long it is from now until about seven hours before a start in the morning: the text messages have gone."""
    return f"{(read_moment(start, now()) - now()) // timedelta(hours=1) - 6}h"


def test_a_drill_from_the_plan_to_the_evidence(desk: Desk) -> None:
    plan = (*PLAN, "--drill", "--reference", "MNT-1", "--starts-at", in_days(40), "--ends-at", "08:00", "--json")
    planned = desk(*plan)
    assert (planned.code, planned.json["workflow_id"], planned.json["created"]) == (0, "maintenance-MNT-1", True)
    assert desk(*plan).json["created"] is False
    shown = desk("maintenance", "show", "MNT-1")
    assert shown.code == 0, shown.err
    assert "tell by email: two weeks before" in shown.out
    assert desk("drill", "advance", "MNT-1", "39d").code == 0
    changed = desk("maintenance", "change", "MNT-1", "--ends-at", in_days(40, "10:00"), "--json")
    assert (changed.code, changed.json["sequence"]) == (0, 1), changed.err
    assert len(changed.json["told"]) == 7
    assert desk("drill", "advance", "MNT-1", "36h").code == 0
    assert "by mail in" in desk("maintenance", "complete", "MNT-1", "--dry-run").out
    done = desk("maintenance", "complete", "MNT-1")
    assert (done.code, "the break is over" in done.out) == (0, True), done.err
    listed = desk("maintenance", "list", "--all", "--service", "CODE", "--json")
    assert "MNT-1" in [row["reference"] for row in listed.json]
    lines = [line["what"] for line in desk("maintenance", "timeline", "MNT-1", "--json").json]
    assert {"The break begins", "Completed", "Changed: ends_at"} <= {*lines}
    exported = desk("evidence", "export", "MNT-1", "--json")
    assert exported.json["process"] == "maintenance"
    assert desk("evidence", "verify", exported.json["path"]).code == 0
    assert not [path for path in outbox(desk) if "@example.org" in str(mail(path)["To"])]


def outbox(desk: Desk) -> list[Path]:
    """The letters about breaks."""
    return sorted((desk.data_dir / "outbox").glob("MNT-*maintenance*.eml"))


def mail(path: Path) -> email.message.EmailMessage:
    """A letter in the outbox."""
    read = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(read, email.message.EmailMessage)
    return read


def test_a_cancelled_break_leaves_calendars_and_telephones(desk: Desk) -> None:
    planned = desk(*PLAN, "--drill", "--reference", "MNT-2", "--starts-at", in_days(40), "--ends-at", "08:00")
    assert planned.code == 0, planned.err
    assert desk("drill", "advance", "MNT-2", until_the_evening_before(in_days(40))).code == 0
    looked = desk("maintenance", "cancel", "MNT-2", "--reason", "Not ready", "--dry-run", "--json").json
    assert (looked["mail"], looked["text_message"]) == (7, 4)
    assert {each["channel"] for each in looked["examples"]} == {"email", "text_message"}
    cancelled = desk("maintenance", "cancel", "MNT-2", "--reason", "Not ready")
    assert cancelled.code == 0
    assert "Tells 7 recipients by mail, 4 by text message: those who were told before." in cancelled.err
    for _ in range(30):
        if (status := desk("maintenance", "show", "MNT-2", "--json").json)["closed_at"]:
            break
    letters = [mail(path) for path in outbox(desk) if path.name.startswith("MNT-2-maintenance_cancelled")]
    assert len(letters) == sum("email" in told["channels"] for told in status["told"]) == 7
    for letter in letters:
        (calendar,) = letter.iter_attachments()
        assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "CANCEL")
        assert "METHOD:CANCEL" in calendar.get_content()
    texts = list((desk.data_dir / "outbox").glob("MNT-2-text-*-maintenance_cancelled-*.txt"))
    assert len(texts) == sum("text_message" in told["channels"] for told in status["told"]) == 4


def test_an_incident_is_opened_from_a_break_that_does_not_end(desk: Desk) -> None:
    start = now() - timedelta(minutes=5)
    times = ("--starts-at", start.isoformat(), "--ends-at", (start + timedelta(hours=3)).isoformat())
    assert desk(*PLAN, "--reference", "MNT-3", *times).code == 0
    opened = desk("incident", "open", "--from-maintenance", "MNT-3", "--json")
    assert opened.code == 0, opened.err
    assert opened.json["reference"] == "INC-MNT-3"
    again = desk("incident", "open", "--from-maintenance", "MNT-3", "--json")
    assert (again.code, again.json["created"]) == (0, False), "two who copy the command open one incident"
    other = desk("incident", "open", "--from-maintenance", "MNT-3", "--reference", "MNT-3-other", "--json")
    assert other.json["created"] is True
    shown = desk("incident", "show", opened.json["reference"], "--json").json
    assert (shown["title"], shown["services"]) == ("Break not over: Uusi versio", ["CODE"])
    assert "Planned break maintenance-MNT-3: Uusi versio. It was planned to be over by" in shown["description"]


def test_exit_codes(desk: Desk) -> None:
    refused_with(desk("maintenance", "show", "NOPE"), 4, "there is no planned break NOPE", "maintenance list --all")
    times = ("--starts-at", in_days(30), "--ends-at", "08:00")
    assert desk(*PLAN, "--reference", "MNT-4", *times).code == 0
    refused_with(desk("maintenance", "complete", "MNT-4"), 3, "has not begun")
    refused_with(desk("maintenance", "change", "MNT-4", "--not-affected", "CODE"), 3, "among the services concerned")
    refused_with(desk("incident", "open", "--from-maintenance", "NOPE"), 4, "there is no planned break NOPE")
    changed = desk("maintenance", "change", "MNT-4", "--ends-at", in_days(30, "09:30"))
    assert re.search(r"Time: \d.*06:00–09:30", changed.out)
    assert desk("maintenance", "cancel", "MNT-4", "--reason", "twice").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*PLAN, "--ends-at", "2099-01-01 08:00"), "--starts-at: is missing"),
        ((*PLAN, "--starts-at", "1.12.2099 06:00", "--ends-at", "1.12.2099 05:00"), "must be later than --starts-at"),
        ((*PLAN, "--starts-at", "2020-01-01 06:00", "--ends-at", "2020-01-01 08:00"), "--ends-at: lies in the past"),
        ((*PLAN, "--starts-at", "06:00", "--ends-at", "08:00", "--window", "07:00"), "--window: is given as START/END"),
        (
            (*PLAN, "--starts-at", "06:00", "--ends-at", "08:00", "--audience", "wards"),
            "'wards' is none of these: ",
        ),
        (("maintenance", "cancel", "X"), "--reason: is missing"),
        (("maintenance", "change", "X", "--note", "?"), "nothing is changed: give what is different"),
        (("maintenance", "change", "X", "--starts-at", "05:00"), "--starts-at: say the day, too"),
    ],
)
def test_2_wrong_input_names_the_field_without_asking_temporal(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    refused_with(kantadesk(tmp_path, *arguments), 2, said)


def test_a_time_without_a_day_lies_ahead() -> None:
    at = read_moment("2026-12-01 12:00", now())
    assert re.fullmatch(r"2026-12-02 06:00", f"{read_moment('06:00', at, ahead=True):%Y-%m-%d %H:%M}")
    assert f"{read_moment('13:00', at, ahead=True):%d %H:%M}" == "01 13:00"
