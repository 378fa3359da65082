"""Microsoft Graph against a local mailbox: sent once, in parts, put off, refused in words; looked for after a crash."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail.graph import GraphMail
from activities.mail.graph_api import GraphMailbox
from activities.mail.transport import DELIVERY_UNKNOWN, NOT_NOW, LiveMail
from tests.activities.mail.microsoft_double import MAILBOX, MEGABYTE, MicrosoftDouble, Said
from tests.activities.mail.post_office import document, letter, live
from tests.activities.mail.room import room
from tests.activities.mail.smtp_double import free_port
from workflows.process.ports import REFUSED_BY_PROVIDER

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graph")


@pytest.fixture
def graph(certified: Path) -> Iterator[MicrosoftDouble]:
    with MicrosoftDouble(certified).running() as double:
        yield double


def way(graph: MicrosoftDouble, mailbox: str = MAILBOX, **other: Any) -> GraphMail:
    known: dict[str, Any] = {"host": graph.host, "tls": graph.tls, "timeout": 10 * SECOND}
    return GraphMail(GraphMailbox(graph.tokens(), mailbox, **known | other))


def again(mail: LiveMail) -> LiveMail:
    """The same message, after a try that has no answer."""
    return LiveMail(mail.message, mail.file_name, may_have_gone=True)


async def problem(graph: MicrosoftDouble, path: str, said: Said) -> ApplicationError:
    """What becomes of a try that is answered so; no address is in it."""
    graph.answers[path] = [said]
    with pytest.raises(ApplicationError) as raised:
        await way(graph).deliver(live(letter()))
    assert "@" not in str(raised.value)
    assert raised.value.__cause__ is None
    return raised.value


async def test_a_letter_goes_as_it_is_with_our_message_id(graph: MicrosoftDouble, tmp_path: Path) -> None:
    mail = live(letter(kind="fault_report", contact="kela", attachments=[document(tmp_path)]))
    assert await way(graph).deliver(mail) == ""
    (sent,) = graph.sent()
    assert sent["internetMessageId"] == mail.message_id
    assert sent["from"]["emailAddress"] == {"name": "Esimerkin hyvinvointialue", "address": MAILBOX}
    assert sent["toRecipients"] == [{"emailAddress": {"address": "tekninentuki@kanta.fi"}}]
    assert sent["internetMessageHeaders"] == [
        {"name": "X-Kantadesk-Incident", "value": "INC-1"},
        {"name": "X-Kantadesk-Message", "value": mail.message_id.strip("<>")},
    ]
    assert "Täytetty häiriöilmoituslomake on liitteenä." in sent["body"]["content"]
    assert [(each["name"], each["content"]) for each in sent["attachments"]] == [("häiriöilmoitus.docx", b"PK a form")]
    assert [path.rpartition("/")[2] for verb, path in graph.heard if verb == "POST"] == ["token", "messages", "send"]


async def test_a_calendar_file_says_what_it_is(graph: MicrosoftDouble, tmp_path: Path) -> None:
    calendar = document(tmp_path, "katko.ics", b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n")
    await way(graph).deliver(live(letter(attachments=[calendar])))
    (file,) = graph.sent()[0]["attachments"]
    assert (file["contentType"], b"METHOD:PUBLISH" in file["content"]) == ("text/calendar; method=PUBLISH", True)


@pytest.mark.parametrize("sizes", [[7 * MEGABYTE], [3 * MEGABYTE], [2 * MEGABYTE, 2 * MEGABYTE], [10, 4 * MEGABYTE]])
async def test_large_attachments_go_in_parts(sizes: list[int], graph: MicrosoftDouble, tmp_path: Path) -> None:
    files = [document(tmp_path, f"{at}.docx", bytes([at]) * size) for at, size in enumerate(sizes, start=1)]
    await way(graph).deliver(live(letter(attachments=files)))
    (sent,) = graph.sent()
    assert [len(each["content"]) for each in sent["attachments"]] == sizes
    assert [each["content"][:1] for each in sent["attachments"]] == [bytes([at]) for at in range(1, len(sizes) + 1)]
    assert graph.drafts() == []


async def test_a_token_that_has_expired_is_replaced_once(graph: MicrosoftDouble) -> None:
    mail = way(graph)
    await mail.deliver(live(letter()))
    graph.expire_all()
    await mail.deliver(live(letter(key="another")))
    assert (len(graph.sent()), len(graph.issued)) == (2, 2)


async def test_a_token_for_something_else_is_refused_with_what_to_look_at(graph: MicrosoftDouble) -> None:
    mail = GraphMail(GraphMailbox(graph.tokens("https://elsewhere.example"), MAILBOX, host=graph.host, tls=graph.tls))
    with pytest.raises(ApplicationError, match="InvalidAuthenticationToken") as refusal:
        await mail.deliver(live(letter()))
    assert (refusal.value.type, len(graph.issued)) == (REFUSED_BY_PROVIDER, 2)
    assert "graph_host" in refusal.value.message


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("path", ["POST /messages", "POST /send"])
async def test_put_off_for_as_long_as_graph_says(status: int, path: str, graph: MicrosoftDouble) -> None:
    put_off = await problem(graph, path, Said(status, "ApplicationThrottled", {"Retry-After": "17"}))
    assert (put_off.type, put_off.non_retryable, put_off.next_retry_delay) == (NOT_NOW, False, 17 * SECOND)
    assert graph.sent() == []


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (403, "ErrorAccessDenied", "Mail.ReadWrite and Mail.Send"),
        (403, "ErrorSendAsDenied", "is not that of graph_mailbox"),
        (400, "ErrorInvalidRecipients", "Check the recipient's address"),
        (413, "ErrorMessageSizeExceeded", "send it by hand"),
        (400, "ErrorQuotaExceeded", "The mailbox is full"),
        (404, "MailboxNotEnabledForRESTAPI", "correct the name of the mailbox"),
        (400, "RequestBroken", "the app's registration"),
    ],
)
async def test_a_refusal_says_who_must_act(status: int, code: str, advice: str, graph: MicrosoftDouble) -> None:
    refusal = await problem(graph, "POST /messages", Said(status, code, message="to ward3@organisation.example"))
    assert (refusal.type, refusal.non_retryable) == (REFUSED_BY_PROVIDER, True)
    assert f"answered {status} ({code}: to [address])" in refusal.message
    assert advice in refusal.message


async def test_a_fault_of_graph_leaves_a_doubt_only_where_it_sends(graph: MicrosoftDouble) -> None:
    assert (await problem(graph, "POST /messages", Said(502))).type == NOT_NOW
    assert (await problem(graph, "POST /send", Said(502))).type == DELIVERY_UNKNOWN


async def test_nobody_there_is_no_doubt(graph: MicrosoftDouble) -> None:
    with pytest.raises(ApplicationError, match="could not be reached") as nobody:
        await way(graph, host=f"https://127.0.0.1:{free_port()}").deliver(live(letter()))
    assert nobody.value.type == NOT_NOW


async def test_a_certificate_of_an_unknown_authority_names_the_setting(graph: MicrosoftDouble) -> None:
    with pytest.raises(ApplicationError, match="set oauth_ca_file") as refusal:
        await way(graph, tls=ssl.create_default_context()).deliver(live(letter()))
    assert refusal.value.type == REFUSED_BY_PROVIDER


# --- once, as far as that is possible -----------------------------------------------------------------------


async def test_what_has_gone_without_an_answer_is_found_and_not_sent_again(graph: MicrosoftDouble) -> None:
    mail = live(letter())
    graph.answers["POST /send"] = [Said(202, how="drop")]
    with pytest.raises(ApplicationError) as doubt:
        await way(graph).deliver(mail)
    assert doubt.value.type == DELIVERY_UNKNOWN
    assert len(graph.sent()) == 1
    await way(graph).deliver(again(mail))
    assert len(graph.sent()) == 1


async def test_a_whole_draft_of_an_earlier_try_is_sent_as_it_is(graph: MicrosoftDouble, tmp_path: Path) -> None:
    mail = live(letter(attachments=[document(tmp_path)]))
    graph.answers["POST /send"] = [Said(502)]
    with pytest.raises(ApplicationError):
        await way(graph).deliver(mail)
    await way(graph).deliver(again(mail))
    assert (len(graph.sent()), graph.drafts()) == (1, [])
    assert sum(path.endswith("/messages") and verb == "POST" for verb, path in graph.heard) == 1


async def test_a_draft_without_all_its_attachments_is_thrown_away(graph: MicrosoftDouble, tmp_path: Path) -> None:
    mail = live(letter(attachments=[document(tmp_path, content=b"x" * 4 * MEGABYTE)]))
    graph.answers["POST /createUploadSession"] = [Said(503)]
    with pytest.raises(ApplicationError):
        await way(graph).deliver(mail)
    assert [len(draft["attachments"]) for draft in graph.drafts()] == [0]
    await way(graph).deliver(again(mail))
    assert ([len(sent["attachments"]) for sent in graph.sent()], graph.drafts()) == ([1], [])


async def test_a_draft_that_goes_between_the_look_and_the_sending_goes_once(graph: MicrosoftDouble) -> None:
    """The try before sends it in the same moment."""
    mail = live(letter())
    graph.answers["POST /send"] = [Said(502), Said(202, how="drop"), Said(404, "ErrorItemNotFound")]
    with pytest.raises(ApplicationError):
        await way(graph).deliver(mail)
    with pytest.raises(ApplicationError):
        await way(graph).deliver(again(mail))
    (sent,) = graph.sent()
    sent["isDraft"] = True  # as the list still shows it
    with pytest.raises(ApplicationError, match="not in the mailbox any more") as doubt:
        await way(graph).deliver(again(mail))
    assert doubt.value.type == DELIVERY_UNKNOWN
    sent["isDraft"] = False
    await way(graph).deliver(again(mail))
    assert len(graph.messages) == 1


async def test_the_ledger_makes_the_mail_room_look_first(graph: MicrosoftDouble, tmp_path: Path) -> None:
    desk = room(tmp_path, way(graph))
    graph.answers["POST /send"] = [Said(202, how="drop")]
    with pytest.raises(ApplicationError):
        await desk.send_letter(letter())
    sent = await desk.send_letter(letter())
    assert (sent.state, len(graph.sent())) == ("accepted", 1)


async def test_four_requests_at_a_time(graph: MicrosoftDouble) -> None:
    mail = way(graph)
    await asyncio.gather(*(mail.deliver(live(letter(key=f"letter-{at}"))) for at in range(12)))
    assert len(graph.sent()) == 12
    assert graph.most_at_once <= 4


# --- looked at without sending ------------------------------------------------------------------------------


async def test_a_check_opens_the_mailbox_and_sends_nothing(graph: MicrosoftDouble) -> None:
    await way(graph).check()
    assert graph.messages == {}
    graph.answers["GET /mailFolders/drafts"] = [Said(403, "ErrorAccessDenied")]
    with pytest.raises(ApplicationError, match=r"Mail\.Send, limited to this mailbox"):
        await way(graph).check()
    with pytest.raises(ApplicationError, match="correct the name of the mailbox"):
        await way(graph, "nobody@organisation.example").check()


async def test_neither_tokens_nor_addresses_are_logged(
    graph: MicrosoftDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="httpx")
    caplog.set_level(logging.INFO)
    await way(graph).deliver(live(letter()))
    assert "token-" not in caplog.text
    assert "ward3" not in caplog.text
