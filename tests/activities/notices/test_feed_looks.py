"""One look of the watch at real servers: what is new, what is unchanged, what is refused and is not taken as seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.notices.addresses import host_addresses
from activities.notices.download import Network
from activities.notices.feeds import MOST_ENTRIES, NoticeFeed
from tests.activities.mail.smtp_double import certificate
from tests.activities.notices import feed_server
from tests.activities.notices.feed_server import RSS, Internet, Server, says
from tests.builders import NOON
from workflows.notices.messages import FeedMemory, FeedsAsked, FeedSeen, NoticeToRead

server = feed_server.server  # the fixture


async def look(feed: NoticeFeed, *before: FeedSeen) -> FeedSeen:
    """One look at the only feed, knowing what the looks before have given."""
    known: dict[str, str] = {}
    for seen in before:
        known |= {entry.key: entry.mark for entry in seen.entries}
        known = {key: mark for key, mark in known.items() if mark not in seen.gone}
    memory = [FeedMemory(feed=s.feed, validators=s.validators, known=tuple(known.values())) for s in before[-1:]]
    found = await ActivityEnvironment().run(feed.look_at_feeds, FeedsAsked(memories=tuple(memory)))
    return found.feeds[0]


def feed_of(*items: tuple[str, str, str]) -> str:
    entries = "".join(
        f"<item><title>{title}</title>{f'<guid>{guid}</guid>' if guid else ''}<description>{text}</description>"
        f"<pubDate>{format_datetime(NOON)}</pubDate></item>"
        for guid, title, text in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'


async def test_what_is_new_is_given_once_read(server: Server) -> None:
    server.pages["/feed"] = says(RSS)
    feed = NoticeFeed(server.url())
    first = await look(feed)
    assert (first.problem, first.count, first.left) == ("", 4, 0)
    by_guid = {entry.guid: entry for entry in first.entries}
    assert by_guid["1"].reading.kind == "fault"
    assert by_guid["1"].reading.services == ("PRESCRIPTION",)
    again = await look(feed, first)
    assert (again.entries, again.gone, again.count) == ((), (), 4)


async def test_what_has_changed_is_given_again_and_back_again_too(server: Server) -> None:
    feed = NoticeFeed(server.url())
    server.pages["/feed"] = says(feed_of(("1", "Häiriö", "A"), ("2", "Toinen", "")))
    first = await look(feed)
    server.pages["/feed"] = says(feed_of(("1", "Häiriö", "B")))
    second = await look(feed, first)
    assert [(e.guid, e.text) for e in second.entries] == [("1", "B")]
    assert second.entries[0].key in {entry.key for entry in first.entries}
    assert set(second.gone) == {entry.mark for entry in first.entries}
    server.pages["/feed"] = says(feed_of(("1", "Häiriö", "A")))
    third = await look(feed, first, second)
    assert [(e.guid, e.text) for e in third.entries] == [("1", "A")]


async def test_nothing_changed_costs_no_bytes(server: Server) -> None:
    async def answer(request: dict[str, str], writer: asyncio.StreamWriter) -> None:
        known = request.get("if-none-match") == '"v1"' and request.get("if-modified-since") == "yesterday"
        page = says(status="304 Not Modified") if known else says(RSS, ETag='"v1"', Last_Modified="yesterday")
        await page(request, writer)

    server.pages["/feed"] = answer
    first = await look(NoticeFeed(server.url()))
    second = await look(NoticeFeed(server.url()), first)
    assert first.unchanged is False
    assert (second.unchanged, second.problem, second.entries, second.gone) == (True, "", (), ())
    assert second.validators == first.validators


async def test_a_feed_that_is_cut_off_marks_nothing_as_seen(server: Server) -> None:
    feed = NoticeFeed(server.url())
    server.pages["/feed"] = says(RSS[: RSS.index("Häiriö Omakannassa korjattu")])
    cut = await look(feed)
    assert "cut off" in cut.problem
    assert (cut.entries, cut.gone, cut.validators) == ((), (), {})
    server.pages["/feed"] = says(RSS)
    assert len((await look(feed, cut)).entries) == 4


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (says(status="500 Oh"), "the server answered 500 Oh"),
        (says(RSS, Content_Type="application/pdf"), "of type 'application/pdf', which is not a feed"),
        (says(RSS, Content_Type="application/json"), "of type 'application/json', which is not a feed"),
        (says(""), "neither RSS nor Atom"),
        (says("<html><body><form>Kirjaudu</form></body></html>", Content_Type="text/html"), "a login page?"),
        (
            says("<?xml version='1.0' encoding='utf-7'?>+ADwAIQ-DOCTYPE x+AD4-" + RSS),
            "an encoding that is not read here",
        ),
        (says("<!DOCTYPE r [<!ENTITY a 'b'>]>" + RSS), "document type"),
        (says(status="302 Found", Location="http://127.0.0.1:1/"), "can't be reached"),
        (says(status="302 Found"), "the server answered 302 Found"),
        (says(status="302 Found", Location="file:///etc/passwd"), "not a web address"),
        (says(status="302 Found", Location="/feed"), "redirects more than 3 times"),
    ],
)
async def test_what_is_no_feed_is_refused_in_plain_words(server: Server, answer: Any, problem: str) -> None:
    server.pages["/feed"] = answer
    seen = await look(NoticeFeed(server.url()))
    assert problem in seen.problem
    assert (seen.entries, seen.unchanged) == ((), True)


async def test_fifty_megabytes_are_not_read(server: Server) -> None:
    sent = 0

    async def flood(_: dict[str, str], writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n")
        while sent < 50_000_000:
            writer.write(b"<item>" * 10_000)
            sent += 60_000
            await writer.drain()

    server.pages["/feed"] = flood
    assert "larger than 2 MB" in (await look(NoticeFeed(server.url()))).problem
    assert sent < 20_000_000, "it was hung up on"


async def test_a_size_that_is_announced_is_refused_unread(server: Server) -> None:
    async def announce(_: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")

    server.pages["/feed"] = announce
    assert "larger than 2 MB" in (await look(NoticeFeed(server.url()))).problem


async def test_one_feed_that_hangs_does_not_hold_up_another(server: Server) -> None:
    over = asyncio.Event()

    async def hang(_: dict[str, str], __: asyncio.StreamWriter) -> None:
        await over.wait()

    server.pages |= {"/slow": hang, "/feed": says(RSS)}
    feed = NoticeFeed([server.url("/slow"), server.url()])
    feed.sources[0]._deadline = timedelta(seconds=0.3)  # of this one only: the other may take its time
    found = await feed.look_at_feeds(FeedsAsked())
    assert ["no complete answer" in seen.problem for seen in found.feeds] == [True, False]
    assert [seen.count for seen in found.feeds] == [0, 4]
    over.set()


async def test_more_than_fits_into_one_answer_is_left_for_the_next(server: Server) -> None:
    server.pages["/feed"] = says(feed_of(*((str(n), f"Tiedote {n}", "") for n in range(120))), ETag='"x"')
    feed = NoticeFeed(server.url())
    first = await look(feed)
    assert (len(first.entries), first.left, first.count) == (MOST_ENTRIES, 120 - MOST_ENTRIES, 120)
    long = "ä" * 7000
    server.pages["/feed"] = says(feed_of(*((str(n), f"Tiedote {n}", long) for n in range(120))))
    assert (await look(feed)).left > 120 - MOST_ENTRIES
    assert len((await look(feed)).model_dump_json().encode()) < 1_000_000


async def test_notices_without_an_id_of_their_own_are_told_apart(server: Server) -> None:
    server.pages["/feed"] = says(feed_of(("", "A", ""), ("", "B", ""), ("same", "C", ""), ("same", "D", "")))
    feed = NoticeFeed(server.url())
    first = await look(feed)
    assert len({entry.key for entry in first.entries}) == 4
    assert (await look(feed, first)).entries == ()


async def test_two_feeds_that_differ_in_their_secrets_only_have_names_of_their_own(server: Server) -> None:
    server.pages |= {"/f?lang=fi": says(RSS), "/f?lang=sv": says(RSS)}
    feed = NoticeFeed([server.url("/f?lang=fi"), server.url("/f?lang=sv"), server.url("/f?lang=fi")])
    found = await feed.look_at_feeds(FeedsAsked())
    assert [seen.feed for seen in found.feeds] == [server.url("/f"), server.url("/f") + " (2)"]
    keys = [entry.key for seen in found.feeds for entry in seen.entries]
    assert len(keys) == len(set(keys)) == 8


async def test_a_file_is_a_feed_too(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(RSS, encoding="utf-8")
    feed = NoticeFeed(str(file))
    first = await look(feed)
    assert first.count == 4
    assert (await look(feed, first)).entries == ()


async def test_a_notice_entered_is_read_by_the_same_rules() -> None:
    reading = await NoticeFeed(None).read_notice(NoticeToRead(title="Häiriö Reseptikeskuksessa"))
    assert (reading.kind, reading.services) == ("fault", ("PRESCRIPTION",))


class TestAddresses:
    """Where a feed may lead. The names of this internet all lead to the server on this machine."""

    async def read(self, server: Server, names: dict[str, list[tuple[str, ...]]]) -> tuple[FeedSeen, Internet]:
        internet = Internet(names)
        seen = await look(NoticeFeed(server.url(host="kanta.example"), network=internet.as_seen()))
        return seen, internet

    async def test_the_connection_is_made_to_the_address_that_was_checked(self, server: Server) -> None:
        server.pages["/feed"] = says(RSS)
        seen, internet = await self.read(server, {"kanta.example": [("1.1.1.1",), ("10.0.0.1",)]})
        assert (seen.problem, internet.reached) == ("", ["1.1.1.1"]), "the name is looked up once"
        assert server.asked[0]["host"] == f"kanta.example:{server.port}"

    async def test_a_name_that_changes_its_meaning_between_two_requests_is_refused(self, server: Server) -> None:
        server.pages |= {"/feed": says(status="301 Moved", Location="/new"), "/new": says(RSS)}
        seen, internet = await self.read(server, {"kanta.example": [("1.1.1.1",), ("127.0.0.1",)]})
        assert "inside our own network" in seen.problem
        assert internet.reached == ["1.1.1.1"]

    async def test_a_public_feed_is_never_looked_for_at_its_private_addresses(self, server: Server) -> None:
        server.pages["/feed"] = says(RSS)
        _, internet = await self.read(server, {"kanta.example": [("10.0.0.1", "1.1.1.1")]})
        assert internet.reached == ["1.1.1.1"]

    @pytest.mark.parametrize("cloud", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0"])
    async def test_what_is_never_reached(self, server: Server, cloud: str) -> None:
        server.pages["/feed"] = says(RSS)
        seen, internet = await self.read(server, {"kanta.example": [(cloud,)]})
        assert "no address that may be reached" in seen.problem
        assert internet.reached == []

    async def test_a_feed_of_our_own_network_may_redirect_inside_it(self, server: Server) -> None:
        server.pages |= {"/feed": says(status="301 Moved", Location="/new"), "/new": says(RSS)}
        seen, internet = await self.read(server, {"kanta.example": [("10.0.0.1",)]})
        assert (seen.problem, internet.reached) == ("", ["10.0.0.1", "10.0.0.1"])

    async def test_the_next_address_is_tried_where_one_is_dead(self, server: Server) -> None:
        class OneDead(Internet):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                if request.url.host == "1.1.1.1":
                    raise httpx.ConnectError("nobody")
                return await super().handle_async_request(request)

        server.pages["/feed"] = says(RSS)
        internet = OneDead({"kanta.example": [("1.1.1.1", "1.0.0.1")]})
        seen = await look(NoticeFeed(server.url(host="kanta.example"), network=internet.as_seen()))
        assert (seen.problem, internet.reached) == ("", ["1.0.0.1"])

    @pytest.mark.parametrize(
        ("address", "kind"),
        [
            ("1.1.1.1", "public"),
            ("2606:4700::1111", "public"),
            ("10.0.0.1", "inside"),
            ("127.0.0.1", "inside"),
            ("::1", "inside"),
            ("::ffff:10.0.0.1", "inside"),
            ("64:ff9b::a00:1", "inside"),
            ("2002:a00:1::", "inside"),
            ("::ffff:169.254.169.254", "never"),
            ("64:ff9b::a9fe:a9fe", "never"),
        ],
    )
    async def test_kinds_of_address(self, address: str, kind: str) -> None:
        async def addresses(_: str) -> tuple[str, ...]:
            return (address,)

        assert (await host_addresses("x", addresses))._asdict()[kind] == (address,)

    async def test_no_name_at_all(self, server: Server) -> None:
        async def nowhere(_: str) -> tuple[str, ...]:
            raise OSError("no such name")

        seen = await look(NoticeFeed(server.url(host="kanta.example"), network=Network(addresses=nowhere)))
        assert seen.problem == "The notice feed can't be reached (OSError)."


@pytest.fixture
async def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """A server with a certificate for ``feed.test`` and 127.0.0.1 that this machine trusts."""
    context, _ = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mail.pem"))
    made = Server()
    listening = await asyncio.start_server(made.handle, "127.0.0.1", 0, ssl=context)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()
    await listening.wait_closed()


async def test_the_certificate_must_be_that_of_the_name(secure: Server) -> None:
    async def here(_: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    secure.pages["/feed"] = says(RSS)
    network = Network(addresses=here)
    right = await look(NoticeFeed(secure.url(host="feed.test").replace("http:", "https:"), network=network))
    assert (right.problem, right.count) == ("", 4)
    wrong = await look(NoticeFeed(secure.url(host="kanta.example").replace("http:", "https:"), network=network))
    assert wrong.problem == "The notice feed can't be reached (ConnectError).", "that of the address is not enough"
    secure.pages["/feed"] = says(status="302 Found", Location=secure.url(host="feed.test"))
    down = await look(NoticeFeed(secure.url(host="feed.test").replace("http:", "https:"), network=network))
    assert "from https to unencrypted http" in down.problem


async def test_a_drill_whose_clock_was_moved_reads_by_its_own_clock(server: Server) -> None:
    """Its notices are dated by that clock, and a date in the future is a doubt."""
    server.pages["/feed"] = says(feed_of(("1", "Häiriö Reseptikeskuksessa", "Palvelussa on häiriö.")))
    feed = NoticeFeed(server.url())
    for at, certain in ((NOON, True), (NOON - timedelta(hours=3), False)):
        found = await feed.look_at_feeds(FeedsAsked(at=at))
        assert found.feeds[0].entries[0].reading.certain is certain


async def test_we_say_who_asks_and_whom_to_write_to(server: Server) -> None:
    server.pages["/feed"] = says(RSS)
    await look(NoticeFeed(server.url(), network=Network(contact="it@hospital.example")))
    await look(NoticeFeed(server.url(), network=Network(contact="ylläpito@sairaala.example\r\nX: 1")))
    named, unnamed = server.asked
    assert named["user-agent"].startswith("kantadesk/")
    assert "contact: it@hospital.example" in named["user-agent"]
    assert named["from"] == "it@hospital.example"
    assert "contact" not in unnamed["user-agent"], "what a header can't carry is left out"
    assert "from" not in unnamed


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("520 Web server is returning an unknown error", "answered 520"),
        ("299 Odd", "answered 299"),
        ("410 Gone", "gone for good (410)"),
        ("403 Forbidden", "403 Forbidden: it refuses us"),
    ],
)
async def test_an_answer_that_is_no_feed_is_told_in_words(server: Server, status: str, words: str) -> None:
    server.pages["/feed"] = says(status=status)
    assert words in (await look(NoticeFeed(server.url()))).problem
