"""The published notices by the command line: a real desk, a feed in a file, from the feed to the incident."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.builders import now
from tests.starter.conftest import Desk, kantadesk, started, stopped

MAIL = (
    "Subject: =?utf-8?Q?H=C3=A4iri=C3=B6_Kelaimessa?=\nMessage-ID: <{}@example.org>\n\n"
    "Kelaimessa on häiriö. Se alkoi klo 13.\n"
)
WITHIN = 30.0


class NoticeDesk:
    """A desk that follows a feed in a file."""

    def __init__(self, desk: Desk, feed: Path) -> None:
        self.desk, self.feed = desk, feed
        self.items: list[str] = []
        self.publish()

    def publish(self, *titles: str) -> None:
        """Publish some notices, and have the watch look."""
        for title in titles:
            self.items.append(
                f"<item><title>{title}</title><guid>{len(self.items) + 1}</guid>"
                f"<pubDate>{format_datetime(now())}</pubDate><description>Palvelussa on häiriö.</description></item>"
            )
        channel = f"<channel><title>x</title>{''.join(self.items)}</channel>"
        self.feed.write_text(f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>', encoding="utf-8")

    def look(self) -> None:
        assert self.desk("notices", "look").code == 0

    def notice(self, title: str, done: Callable[[Any], object] = lambda _: True) -> Any:
        """What the watch has done about a notice, once that is as wanted."""

        def is_there(status: Any) -> bool:
            return any(each["title"] == title and done(each) for each in status["notices"])

        listed = self.desk.until(is_there, "notices", "list")
        return next(each for each in listed["notices"] if each["title"] == title)


@pytest.fixture(scope="module")
def noticed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NoticeDesk]:
    folder = tmp_path_factory.mktemp("noticed")
    feed = folder / "feed.xml"
    (folder / "kantadesk.toml").write_text(f"notice_feed = {json.dumps([str(feed)])}\n", encoding="utf-8")
    NoticeDesk(Desk(folder, None, {}), feed)  # type: ignore[arg-type]  # the feed is there before the desk
    desk = started(folder)
    yield NoticeDesk(desk, feed)
    assert stopped(desk) == 0


def test_from_the_feed_to_the_incident_and_to_its_end(noticed: NoticeDesk) -> None:
    desk = noticed.desk
    reference = desk.judged()
    desk.until(
        lambda rows: reference in [row["reference"] for row in rows], "incident", "list", "--service", "PRESCRIPTION"
    )
    noticed.publish("Häiriö Reseptikeskuksessa")
    noticed.look()
    assert noticed.notice("Häiriö Reseptikeskuksessa", lambda notice: notice["told"])["told"] == [reference]
    heard = desk.until(lambda s: s["known_notice"], "incident", "show", reference)
    assert heard["known_notice"]["title"] == "Häiriö Reseptikeskuksessa"
    noticed.publish("Reseptikeskuksen häiriö on korjattu")
    noticed.look()
    asked = desk.until(lambda s: "notice_ended" in [m["purpose"] for m in s["messages"]], "incident", "show", reference)
    assert asked["phase"] == "handling"
    shown = desk("notices", "list").out
    assert reference in shown
    assert f"{noticed.feed}: {len(noticed.items)} notices" in shown


def test_a_fault_of_ours_alone_is_proposed_with_a_command_that_works(noticed: NoticeDesk) -> None:
    noticed.publish("Häiriö Tahdonilmaisupalvelussa")
    noticed.look()
    reference = noticed.notice("Häiriö Tahdonilmaisupalvelussa", lambda notice: notice["reference"])["reference"]
    assert reference.startswith("NOTICE-")
    title = "Häiriö Tahdonilmaisupalvelussa"
    opened = noticed.desk(
        "incident",
        "open",
        "--reference",
        reference,
        "--title",
        title,
        "--service",
        "WILL",
        "--noticed-at",
        "now",
        "--json",
    )
    assert opened.json["created"] is True


def test_a_mail_is_entered_and_twice_is_once(noticed: NoticeDesk) -> None:
    first = noticed.desk("notices", "enter", "--file", "-", "--json", stdin=MAIL.format("m-1"))
    assert first.code == 0, first.err
    assert (first.json["title"], first.json["reading"]["kind"]) == ("Häiriö Kelaimessa", "fault")
    again = noticed.desk("notices", "enter", "--file", "-", "--json", stdin=MAIL.format("m-1"))
    assert again.json == first.json


def test_the_example_of_the_help_is_certain(noticed: NoticeDesk, tmp_path: Path) -> None:
    shown = re.sub(r" *\\\n *", " ", kantadesk(tmp_path, "notices", "enter", "--help").out)
    [example] = [line for line in shown.splitlines() if "notices enter --title" in line]
    said = noticed.desk(*shlex.split(example)[1:], "--json")
    assert said.code == 0, said.err
    assert (said.json["reading"]["certain"], said.json["affects"]) == (True, ["PRESCRIPTION"])
    assert said.json["outcome"] != "uncertain"


def test_a_person_decides_what_is_uncertain(noticed: NoticeDesk) -> None:
    entered = noticed.desk("notices", "enter", "--title", "Kanta")
    assert "not certain" in entered.out
    assert "--kind KIND --service SERVICE" in entered.out, "what is copied unread must open nothing"
    listed = noticed.desk("notices", "list", "--uncertain", "--json").json["notices"]
    known = next(each["id"] for each in listed if each["title"] == "Kanta")
    assert known in noticed.desk("notices", "list", "--uncertain").out
    said = noticed.desk("notices", "enter", "--id", known, "--kind", "fault", "--service", "Omatietovaranto", "--json")
    assert said.code == 0, said.err
    assert (said.json["reading"]["certain"], said.json["affects"]) == (True, ["PHR"])
    left = noticed.desk("notices", "list", "--uncertain", "--json").json["notices"]
    assert known not in [each["id"] for each in left]


def test_what_is_no_concern_waits_for_nobody(noticed: NoticeDesk) -> None:
    noticed.desk("notices", "enter", "--title", "Kanta-palvelut")
    listed = noticed.desk("notices", "list", "--uncertain", "--json").json["notices"]
    known = next(each["id"] for each in listed if each["title"] == "Kanta-palvelut")
    assert noticed.desk("notices", "enter", "--id", known, "--kind", "other").code == 0
    left = noticed.desk("notices", "list", "--uncertain", "--json").json["notices"]
    assert known not in [each["id"] for each in left]
    assert "Kanta-palvelut" not in [each["title"] for each in left]


def test_a_planned_break_by_hand(noticed: NoticeDesk) -> None:
    times = ("--starts-at", "2098-12-01 18:00", "--ends-at", "2098-12-01 20:00")
    said = noticed.desk(
        "notices", "enter", "--kind", "maintenance", "--title", "Katko", "--service", "PDR", *times, "--json"
    )
    assert said.code == 0, said.err
    assert said.json["reference"].startswith("MAINT-")
    assert "started maintenance" in said.json["did"][-1]


def test_a_planned_break_without_its_times_says_how_to_go_on(noticed: NoticeDesk) -> None:
    said = noticed.desk("notices", "enter", "--kind", "maintenance", "--title", "Katko pian", "--service", "PDR")
    assert "--kind maintenance --service PDR --starts-at WHEN --ends-at WHEN\n" in said.out
    assert said.out.rstrip().endswith("the same with --kind other.")


def test_checking_needs_no_temporal_and_does_nothing(noticed: NoticeDesk, tmp_path: Path) -> None:
    feed = {"KANTADESK_NOTICE_FEED": str(noticed.feed)}
    noticed.publish("Häiriö Kyselyssä", "Häiriö Lääketietokannassa")
    checked = kantadesk(tmp_path, "notices", "check", "--json", **feed)
    assert checked.code == 0, checked.err
    [found] = checked.json["feeds"]
    assert (found["problem"], found["count"]) == ("", len(noticed.items))
    would = {each["title"]: each["would"] for each in found["notices"]}
    assert (
        "told to the open incidents of Pharmaceutical Database; where none is open, the desk is asked"
        in would["Häiriö Lääketietokannassa"]
    )
    assert "what the watch would do" in kantadesk(tmp_path, "notices", "check", **feed).out
    assert not list(tmp_path.iterdir())
    both = f"{noticed.feed}, http://127.0.0.1:1/feed"
    broken = kantadesk(tmp_path, "notices", "check", "--json", KANTADESK_NOTICE_FEED=both)
    assert (broken.code, [bool(each["problem"]) for each in broken.json["feeds"]]) == (2, [False, True])
    assert broken.err == "kantadesk: 1 feed can't be read\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("check",), 2, "no feed is configured: set notice_feed"),
        (("list",), 5, "KANTADESK_DATA_DIR"),
        (("enter", "--text", "x"), 2, "--title: say what the notice is called"),
        (("enter", "--title", "x", "--starts-at", "now"), 2, "--starts-at, --ends-at: give both"),
        (("enter", "--title", "x", "--service", "nonsense"), 2, "--service: this is not a Kanta service"),
        (("enter", "--file", "-"), 2, "--file: is empty: it holds no mail"),
    ],
)
def test_one_line_says_what_is_wrong(arguments: tuple[str, ...], code: int, words: str, tmp_path: Path) -> None:
    answer = kantadesk(tmp_path, "notices", *arguments)
    assert answer.code == code
    assert words in answer.err
    assert answer.err.count("\n") == 1


def test_what_is_wrong_with_a_message_is_said(noticed: NoticeDesk) -> None:
    wrong = noticed.desk("notices", "enter", "--title", "131052-308T")
    assert (wrong.code, "personal identity code" in wrong.err) == (2, True)
    late = noticed.desk("notices", "enter", "--title", "x", "--published-at", "2098-01-01 10:00")
    assert (late.code, "lies in the future" in late.err) == (3, True)
    unknown = noticed.desk("notices", "enter", "--id", "nothing", "--kind", "fault")
    assert (unknown.code, "there is no notice nothing" in unknown.err) == (4, True)
    backwards = ("--starts-at", "2098-12-01 18:00", "--ends-at", "2098-12-01 17:00")
    assert noticed.desk("notices", "enter", "--title", "x", *backwards).code == 2
