"""The notice feed against a real server that does what servers do: answers, fails, drips, lies, leads astray."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.notices.dates import moment_of
from activities.notices.download import MAX_BYTES, without_secrets
from activities.notices.entries import plain_text
from activities.notices.feeds import NoticeFeed, _Board, _told
from tests.activities.notices import feed_server
from tests.activities.notices.feed_server import ATOM, RSS, Answer, Internet, Server, says
from workflows.incident.ports import NoticeQuestion, NoticesFound
from workflows.procedure.notices.reading import RawNotice
from workflows.procedure.services import ServiceId

server = feed_server.server  # the fixture


async def ask(feed: NoticeFeed, *services: ServiceId) -> NoticesFound:
    question = NoticeQuestion(services=services or ("PRESCRIPTION",))
    return await ActivityEnvironment().run(feed.open_fault_notices, question)


async def test_an_open_fault_of_the_service_is_found_in_rss(server: Server) -> None:
    server.pages["/feed"] = says(RSS, Content_Type="application/rss+xml; charset=utf-8")
    found = await ask(NoticeFeed(server.url()), "PRESCRIPTION", "KELAIN", "MYKANTA")
    [notice] = found.notices
    assert found.problem == ""
    assert found.source == server.url()
    assert (notice.guid, notice.title, notice.kind) == ("1", "Kelan Reseptikeskuksessa häiriö", "fault")
    assert notice.services == ("PRESCRIPTION",)
    assert notice.published_at == datetime(2016, 3, 15, 12, 14, tzinfo=UTC), "EET is two hours ahead of UTC"
    assert notice.text == "Alkoi klo 13. Ei vaikuta Kelaimeen."
    assert notice.link == "https://kanta.example.org/1"


def test_what_was_dated_in_the_future_is_read_again() -> None:
    hour, now = timedelta(hours=1), datetime(2026, 11, 22, 12, tzinfo=UTC)
    said = {"title": "Häiriö Reseptikeskuksessa", "text": "Reseptikeskus ei toimi."}
    here = RawNotice(guid="1", **said, published_at=now - hour)
    ahead = RawNotice(guid="2", **said, published_at=now + 2 * hour)
    first = _Board(_told((here, ahead), None, now), {}, now)
    assert [notice.kind for notice in first.told.values()] == ["fault", "other"]
    then = _told((here, ahead), first, now + 3 * hour)
    assert [notice.kind for notice in then.values()] == ["fault", "fault"]
    assert then[here] is first.told[here], "what was read is not read twice"
    assert then[ahead] is not first.told[ahead]


async def test_what_is_ended_or_planned_is_no_open_fault(server: Server) -> None:
    server.pages["/feed"] = says(RSS)
    found = await ask(NoticeFeed(server.url()), "MYKANTA", "KELAIN")
    assert found.notices == ()
    assert found.problem == ""


@pytest.mark.parametrize("content_type", ["application/atom+xml", "application/atom+xml; charset=utf-8"])
async def test_atom_in_latin_1_without_guid_also_under_a_wrong_charset(server: Server, content_type: str) -> None:
    server.pages["/feed"] = says(ATOM.encode("iso-8859-1"), Content_Type=content_type)
    found = await ask(NoticeFeed(server.url()))
    [notice] = found.notices
    assert notice.title == "Störning i Receptcentret"
    assert notice.text == "Långsam förbindelse"
    assert notice.published_at == datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert notice.guid.startswith("sha256:")
    assert (await ask(NoticeFeed(server.url()))).notices[0].guid == notice.guid, "the same at each reading"


async def test_an_unchanged_feed_is_not_sent_again(server: Server) -> None:
    async def answer(request: dict[str, str], writer: asyncio.StreamWriter) -> None:
        known = request.get("if-none-match") == '"v1"' and "if-modified-since" in request
        page = says(status="304 Not Modified") if known else says(RSS, ETag='"v1"', Last_Modified="yesterday")
        await page(request, writer)

    server.pages["/feed"] = answer
    feed = NoticeFeed(server.url())
    first, second = await ask(feed), await ask(feed)
    assert [notice.guid for notice in first.notices] == [notice.guid for notice in second.notices] == ["1"]
    assert "if-none-match" not in server.asked[0]
    assert server.asked[1]["if-none-match"] == '"v1"'


async def test_a_compressed_feed_is_read(server: Server) -> None:
    server.pages["/feed"] = says(gzip.compress(RSS.encode()), Content_Encoding="gzip")
    assert len((await ask(NoticeFeed(server.url()))).notices) == 1


BOMB = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel/></rss>'


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (says(status="404 Not Found"), "the server answered 404 Not Found"),
        (says(status="500 Oh"), "the server answered 500 Oh"),
        (says(status="304 Not Modified"), "nothing was known"),
        (says("x" * (MAX_BYTES + 1)), "larger than 2 MB"),
        (says(gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip"), "larger than 2 MB"),
        (says(b"\x1f\x8bno", Content_Encoding="gzip"), "compressed, and damaged"),
        (says(b"x", Content_Encoding="br"), "not asked for"),
        (says(BOMB), "document type"),
        (says(BOMB.encode("utf-16")), "document type"),
        (says("\ufeff<!DOCTYPE html><html><title>Log in</title></html>"), "a web page (a login page?)"),
        (says("<html><title>Log in</title></html>"), "a web page (a login page?)"),
        (says('{"notices": []}'), "neither RSS nor Atom"),
        (says(""), "neither RSS nor Atom"),
        (says(RSS[: RSS.index("Häiriö Omakannassa korjattu")]), "cut off"),
        (says(status="302 Found", Location="ftp://127.0.0.1/"), "not a web address"),
        (says(status="302 Found", Location="/feed"), "redirects more than 3 times"),
        (says(status="302 Found", Location="http://[::1"), "can't be"),
    ],
)
async def test_what_is_no_feed_is_a_problem_and_never_in_the_way(server: Server, answer: Answer, problem: str) -> None:
    server.pages["/feed"] = answer
    found = await ask(NoticeFeed(server.url()))
    assert problem in found.problem
    assert found.notices == ()
    assert found.source == server.url()


async def test_a_feed_with_stray_markup_is_still_read(server: Server) -> None:
    server.pages["/feed"] = says(RSS.replace("Huoltokatko", "Huolto & katko"))
    found = await ask(NoticeFeed(server.url()))
    assert [notice.guid for notice in found.notices] == ["1"]


async def test_a_dripping_server_does_not_hold_the_incident_up(server: Server) -> None:
    gone = asyncio.Event()

    async def drip(_: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.005)  # what is tested: bytes keep coming, slowly
        finally:
            gone.set()

    server.pages["/feed"] = drip
    while not server.asked:  # on a loaded machine the deadline may pass before the server has heard anything
        found = await ask(NoticeFeed(server.url(), deadline=timedelta(seconds=0.2)))
        assert "no complete answer within 0.2 seconds" in found.problem
    await gone.wait()


async def test_a_server_that_is_not_there(server: Server) -> None:
    found = await ask(NoticeFeed("http://127.0.0.1:1/feed"))
    assert found.problem == "The notice feed can't be reached (ConnectError)."
    assert server.asked == []


async def test_a_redirect_is_followed(server: Server) -> None:
    server.pages |= {"/feed": says(status="301 Moved", Location="/new"), "/new": says(RSS)}
    found = await ask(NoticeFeed(server.url()))
    assert len(found.notices) == 1
    assert [asked["path"] for asked in server.asked] == ["/feed", "/new"]


@pytest.mark.parametrize(
    "inside", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1%eth0"]
)
async def test_a_public_feed_may_not_lead_into_our_own_network(server: Server, inside: str) -> None:
    server.pages |= {"/feed": says(status="302 Found", Location=server.url("/new")), "/new": says(RSS)}
    network = Internet({"localhost": [("1.1.1.1",)], "127.0.0.1": [("1.1.1.1", inside)]})
    found = await ask(NoticeFeed(server.url(host="localhost"), network=network.as_seen()))
    assert "inside our own network" in found.problem
    assert [asked["path"] for asked in server.asked] == ["/feed"]
    assert network.reached == ["1.1.1.1"]


async def test_breaks_under_way_are_answered_and_a_list_that_can_not_be_had_is_never_in_the_way() -> None:
    async def under_way(question: NoticeQuestion) -> dict[str, bool]:
        if question.drill:
            raise RPCError("busy", RPCStatusCode.UNAVAILABLE, b"")
        return {"maintenance-M-2": True, "maintenance-M-1": False}

    feed = NoticeFeed(None, breaks=under_way)
    answer = await ask(feed, "PRESCRIPTION")
    assert answer.breaks == ("maintenance-M-1", "maintenance-M-2")
    assert answer.strangers_breaks == ("maintenance-M-2",)
    drill = NoticeQuestion(services=("PRESCRIPTION",), drill=True)
    found: NoticesFound = await ActivityEnvironment().run(feed.open_fault_notices, drill)
    assert (found.breaks, found.problem) == ((), "")


async def test_no_feed_is_configured() -> None:
    for nothing in (None, ""):
        found = await ask(NoticeFeed(nothing))
        assert (found.source, found.problem, found.notices) == ("", "", ())


async def test_a_file_serves_too(tmp_path: Path) -> None:
    path = tmp_path / "häiriöt ja muut.xml"
    path.write_text(RSS, encoding="utf-8")
    for address in (str(path), path.as_uri()):
        found = await ask(NoticeFeed(address))
        assert len(found.notices) == 1
        assert found.source == address
    assert "no such file" in (await ask(NoticeFeed(str(tmp_path / "none.xml")))).problem
    assert "no such file" in (await ask(NoticeFeed(str(tmp_path)))).problem
    path.write_bytes(b" " * (MAX_BYTES + 1))
    assert "larger than 2 MB" in (await ask(NoticeFeed(str(path)))).problem


async def test_no_secret_of_the_address_gets_into_the_record(server: Server) -> None:
    server.pages["/feed?key=s3cret"] = says(status="403 Forbidden")
    found = await ask(NoticeFeed(server.url("/feed?key=s3cret").replace("//", "//me:pass@")))
    assert found.source == server.url()
    assert "s3cret" not in found.model_dump_json()
    assert without_secrets("file:///var/feed.xml") == "file:///var/feed.xml"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Sat, 21 Nov 2026 18:00:00 EET", "2026-11-21T16:00:00+00:00"),
        ("Sat, 20 Jun 2026 18:00:00 EEST", "2026-06-20T15:00:00+00:00"),
        ("Sat, 21 Nov 2026 18:00:00 GMT", "2026-11-21T18:00:00+00:00"),
        ("Sat, 21 Nov 2026 18:00:00 +0200", "2026-11-21T16:00:00+00:00"),
        ("2026-11-21T18:00:00Z", "2026-11-21T18:00:00+00:00"),
        ("2026-06-20 18:00:00", "2026-06-20T15:00:00+00:00"),
        ("21.11.2026 18:00", "2026-11-21T16:00:00+00:00"),
        ("20.6.2026 klo 18.00", "2026-06-20T15:00:00+00:00"),
        ("21.11.2026", "2026-11-20T22:00:00+00:00"),
        ("19.4. klo 07.00", None),
        ("31.2.2026 18:00", None),
        ("Sat, 21 Nov 1926 18:00:00 GMT", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_as_finnish_feeds_write_them(written: str, moment: str | None) -> None:
    found = moment_of(written)
    assert (found.isoformat() if found else None) == moment


def test_plain_text_of_hostile_html() -> None:
    markup = "A &amp; B<script>alert('x')</script><ul><li>yksi<li>kaksi</ul>\u202e\x1b[31m<p>131052-308T</p>"
    assert plain_text(markup) == "A & B\n- yksi\n- kaksi\n[31m\n***********"
