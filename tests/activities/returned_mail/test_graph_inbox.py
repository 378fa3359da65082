"""The mailbox of returned mail by way of Microsoft Graph, on a local double: each mail once, in their order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail.graph_api import GraphMailbox
from activities.mail.transport import NOT_NOW
from activities.returned_mail.graph_inbox import GraphInbox
from activities.returned_mail.mailbox import AT_A_LOOK, OF_A_MAIL
from tests.activities.mail.microsoft_double import MAILBOX, MicrosoftDouble, Said
from workflows.process.ports import REFUSED_BY_PROVIDER


@pytest.fixture
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MicrosoftDouble]:
    with MicrosoftDouble(tmp_path_factory.mktemp("graph")).running() as double:
        yield double


def inbox(graph: MicrosoftDouble, folder: str = "INBOX") -> GraphInbox:
    return GraphInbox(GraphMailbox(graph.tokens(), MAILBOX, host=graph.host, tls=graph.tls), folder)


def arrives(graph: MicrosoftDouble, number: int, at: str, content: bytes | None = None) -> None:
    graph.mime[f"mail={number}@{at}"] = content if content is not None else b"mail %d" % number


async def test_each_mail_is_read_once_though_several_came_in_one_second(graph: MicrosoftDouble) -> None:
    box, second, later = inbox(graph), "2099-01-01T10:00:00Z", "2099-01-01T10:00:01Z"
    assert await box.since("") == []
    arrives(graph, 1, second)
    arrives(graph, 2, second)
    first = await box.since("")
    assert [each.content for each in first] == [b"mail 1", b"mail 2"]
    arrives(graph, 3, second)  # within the same second, after the look
    arrives(graph, 4, later)
    assert [each.content for each in await box.since(first[-1].mark)] == [b"mail 3", b"mail 4"]
    assert [each.content for each in await box.since(first[0].mark)] == [b"mail 2", b"mail 3", b"mail 4"]
    last = (await box.since(first[-1].mark))[-1].mark
    assert await box.since(last) == []


async def test_of_many_mails_a_part_at_a_time_and_of_a_large_one_its_beginning(graph: MicrosoftDouble) -> None:
    arrives(graph, 0, "2099-01-01T09:00:00Z", b"x" * 2 * OF_A_MAIL)
    for number in range(1, AT_A_LOOK + 3):
        arrives(graph, number, f"2099-01-01T10:{number:02}:00Z")
    first = await inbox(graph).since("")
    assert (len(first), len(first[0].content)) == (AT_A_LOOK, OF_A_MAIL)
    assert len(await inbox(graph).since(first[-1].mark)) == 3


async def test_what_is_old_at_the_first_look_is_left_alone(graph: MicrosoftDouble) -> None:
    arrives(graph, 1, "2020-01-01T10:00:00Z")
    assert await inbox(graph).since("") == []


async def test_a_mail_that_somebody_has_deleted_is_passed_over(graph: MicrosoftDouble) -> None:
    arrives(graph, 1, "2099-01-01T10:00:00Z")
    graph.answers["GET /$value"] = [Said(404, "ErrorItemNotFound")]
    assert [each.content for each in await inbox(graph).since("")] == [b""]


async def test_refusals_are_said(graph: MicrosoftDouble) -> None:
    graph.answers["GET /mailFolders/inbox/messages"] = [Said(403, "ErrorAccessDenied"), Said(429, "TooManyRequests")]
    for kind in (REFUSED_BY_PROVIDER, NOT_NOW):
        with pytest.raises(ApplicationError) as error:
            await inbox(graph).since("")
        assert error.value.type == kind
    graph.answers["GET /mailFolders/inbox"] = [Said(404, "ErrorItemNotFound")]
    with pytest.raises(ApplicationError, match="Correct bounces_folder"):
        await inbox(graph).check()
    await inbox(graph).check()
