"""SendGrid against a local server: accepted, refused for good, put off, silent, redirected."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail.sendgrid import LARGEST, SendGridMail, fault_in, request_for
from activities.mail.transport import DELIVERY_UNKNOWN, NOT_NOW, reason_of
from tests.activities.mail.post_office import document, letter, live
from tests.activities.mail.sendgrid_double import KEY, Answer, SendGridDouble, error
from tests.activities.mail.smtp_double import free_port
from workflows.process.ports import REFUSED_BY_PROVIDER

SECOND = timedelta(seconds=1)


@pytest.fixture
def sendgrid() -> Iterator[SendGridDouble]:
    with SendGridDouble().running() as double:
        yield double


def transport(host: str, key: str = KEY, timeout: timedelta = 10 * SECOND) -> SendGridMail:
    return SendGridMail(lambda: key, residency="eu", host=host, timeout=timeout)


async def problem(sendgrid: SendGridDouble, *answers: Answer, patience: timedelta = 10 * SECOND) -> ApplicationError:
    """What becomes of a try; no address and no key is in it."""
    sendgrid.answers = list(answers)
    with pytest.raises(ApplicationError) as raised:
        await transport(sendgrid.host, timeout=patience).deliver(live(letter()))
    assert "@" not in str(raised.value)
    assert KEY not in str(raised.value)
    assert raised.value.__cause__ is None
    return raised.value


async def test_the_whole_message_arrives(sendgrid: SendGridDouble, tmp_path: Path) -> None:
    mail = live(letter(kind="fault_report", contact="kela", attachments=[document(tmp_path)]))
    assert await transport(sendgrid.host + "/").deliver(mail) == "sg-1"

    (heard,) = sendgrid.heard
    assert (heard.method, heard.path) == ("POST", "/v3/mail/send")
    assert heard.headers["Authorization"] == f"Bearer {KEY}"
    assert heard.body["from"] == {"name": "Esimerkin hyvinvointialue", "email": "desk@organisation.example"}
    assert heard.body["personalizations"] == [
        {
            "to": [{"email": "tekninentuki@kanta.fi"}],
            "custom_args": {"message_id": mail.message_id.strip("<>"), "incident": "INC-1"},
        }
    ]
    assert heard.body["subject"].startswith("[INC-1] Häiriöilmoitus:")
    assert heard.body["headers"] == {"Message-ID": mail.message_id, "X-Kantadesk-Incident": "INC-1"}
    assert "Täytetty häiriöilmoituslomake on liitteenä." in heard.body["content"][0]["value"]
    (attachment,) = heard.body["attachments"]
    assert attachment["filename"] == "häiriöilmoitus.docx"
    assert base64.b64decode(attachment["content"]) == b"PK a form"
    assert not heard.body["tracking_settings"]["click_tracking"]["enable"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415])
async def test_refused_for_good(status: int, sendgrid: SendGridDouble) -> None:
    words = "The from address desk@organisation.example does not match a verified sender"
    refusal = await problem(sendgrid, error(status, words))
    assert (refusal.type, refusal.non_retryable) == (REFUSED_BY_PROVIDER, True)
    assert f"SendGrid answered {status} (The from address [address] does not match" in refusal.message


@pytest.mark.parametrize(
    ("status", "said", "field", "advice"),
    [
        (401, "Maximum credits exceeded", None, "those who pay for it must raise its plan"),
        (401, "The provided authorization grant is invalid, expired, or revoked", None, "The API key is not accepted"),
        (401, "", None, "The API key is not accepted"),
        (403, "The from address does not match a verified Sender Identity.", "from", "is no verified sender"),
        (403, "You are not authorized to send from that email address", None, "is no verified sender"),
        (403, "access forbidden", None, "must give it the right to send mail"),
        (403, "Your account has been suspended", None, "closed or under review"),
        (401, "The requestor's IP Address is not whitelisted", None, "IP Access Management"),
        (400, "Does not contain a valid address.", "personalizations.0.to.0.email", "Check the recipient's address"),
        (400, "Does not contain a valid address.", "from.email", "is no verified sender"),
        (400, "The attachment content must be base64 encoded.", "attachments.0.content", "takes no such attachment"),
        (400, "Something new", "categories", "look at the SendGrid settings"),
    ],
)
async def test_the_advice_follows_what_sendgrid_says(
    status: int, said: str, field: str | None, advice: str, sendgrid: SendGridDouble
) -> None:
    answer = Answer(status, body=json.dumps({"errors": [{"message": said, "field": field, "help": None}]}))
    refusal = await problem(sendgrid, answer)
    assert (refusal.type, advice in refusal.message) == (REFUSED_BY_PROVIDER, True), refusal.message


async def test_of_several_errors_the_one_that_keeps_all_others_decides(sendgrid: SendGridDouble) -> None:
    errors = [
        {"message": "Does not contain a valid address.", "field": "personalizations.0.to.0.email"},
        {"message": "Maximum credits exceeded", "field": None},
    ]
    refusal = await problem(sendgrid, Answer(401, body=json.dumps({"errors": errors})))
    assert "has no mails left" in refusal.message


@pytest.mark.parametrize("body", ["", "[]", '{"errors": [3]}', '{"errors": {"a": 1}}', "<html>sorry</html>"])
async def test_a_page_that_is_none_of_sendgrids_is_judged_by_the_status(body: str, sendgrid: SendGridDouble) -> None:
    assert (
        "SendGrid answered 403. The API key may not send" in (await problem(sendgrid, Answer(403, body=body))).message
    )


async def test_a_check_asks_what_the_key_may_do_and_sends_nothing(sendgrid: SendGridDouble) -> None:
    def checked(answer: Answer) -> str:
        sendgrid.answers = [answer]
        try:
            transport(sendgrid.host).check()
        except ApplicationError as error:
            return reason_of(error)
        return ""

    assert checked(Answer(200, body='{"scopes": ["mail.send", "alerts.read"]}')) == ""
    assert "which has no right to send mail" in checked(Answer(200, body='{"scopes": ["alerts.read"]}'))
    assert "The API key is not accepted" in checked(error(401, "authorization required"))
    assert checked(Answer(200, body="<html>")).endswith("is the host setting right?")
    assert checked(error(503)) == "SendGrid answered 503"
    assert {(heard.method, heard.path) for heard in sendgrid.heard} == {("GET", "/v3/scopes")}


async def test_who_must_act_is_said(sendgrid: SendGridDouble) -> None:
    assert "those who run kantadesk must set a valid one" in (await problem(sendgrid, error(401))).message
    assert "send it by hand" in (await problem(sendgrid, error(413))).message
    assert "look at the SendGrid settings" in (await problem(sendgrid, error(404))).message


@pytest.mark.parametrize("status", [429, 503])
async def test_put_off_for_as_long_as_sendgrid_says(status: int, sendgrid: SendGridDouble) -> None:
    put_off = await problem(sendgrid, error(status, "too many", Retry_After="17"))
    assert (put_off.type, put_off.non_retryable) == (NOT_NOW, False)
    assert put_off.next_retry_delay == 17 * SECOND


@pytest.mark.parametrize(
    ("said", "delay"),
    [
        ("99999999999999999999", timedelta(hours=1)),
        ("0", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("Mon, 01 Jan 2001 00:00:00 GMT", timedelta(0)),
    ],
)
async def test_odd_retry_after(said: str, delay: timedelta | None, sendgrid: SendGridDouble) -> None:
    answer = error(429)
    answer.headers["Retry-After"] = said.encode().decode("latin-1")
    assert (await problem(sendgrid, answer)).next_retry_delay == delay


async def test_retry_after_as_a_date(sendgrid: SendGridDouble) -> None:
    later = datetime.now(UTC) + timedelta(minutes=30)  # noqa: TID251  # compared with the machine's own clock
    put_off = await problem(sendgrid, error(503, Retry_After=format_datetime(later, usegmt=True)))
    assert put_off.next_retry_delay is not None
    assert timedelta(0) < put_off.next_retry_delay <= timedelta(minutes=30)


@pytest.mark.parametrize("status", [418, 422, 500, 502, 504])
async def test_other_errors_leave_a_doubt(status: int, sendgrid: SendGridDouble) -> None:
    doubt = await problem(sendgrid, error(status))
    assert (doubt.type, doubt.non_retryable) == (DELIVERY_UNKNOWN, False)
    assert f"SendGrid answered {status};" in doubt.message


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_only_202_counts(status: int, sendgrid: SendGridDouble) -> None:
    assert (await problem(sendgrid, Answer(status))).type == DELIVERY_UNKNOWN


@pytest.mark.parametrize(
    ("status", "kind"), [(301, REFUSED_BY_PROVIDER), (302, DELIVERY_UNKNOWN), (307, DELIVERY_UNKNOWN)]
)
async def test_a_redirect_is_not_followed_and_never_success(status: int, kind: str, sendgrid: SendGridDouble) -> None:
    with SendGridDouble().running() as elsewhere:
        answer = Answer(status, {"Location": f"{elsewhere.host}/v3/mail/send"})
        assert (await problem(sendgrid, answer)).type == kind
        assert elsewhere.heard == []


@pytest.mark.parametrize("how", ["drop", "slow"])
async def test_silence_leaves_a_doubt(how: Any, sendgrid: SendGridDouble) -> None:
    doubt = await problem(sendgrid, Answer(how=how), patience=0.2 * SECOND)
    assert (doubt.type, doubt.non_retryable) == (DELIVERY_UNKNOWN, False)


async def test_nobody_there_is_no_doubt() -> None:
    with pytest.raises(ApplicationError, match="could not be reached") as nobody:
        await transport(f"http://127.0.0.1:{free_port()}").deliver(live(letter()))
    assert nobody.value.type == NOT_NOW


async def test_the_key_is_read_at_each_send(sendgrid: SendGridDouble) -> None:
    keys = ["SG.old", "SG.new\n"]
    mail = SendGridMail(lambda: keys.pop(0), residency="global", host=sendgrid.host)
    for _ in range(2):
        await mail.deliver(live(letter()))
    assert [heard.headers["Authorization"] for heard in sendgrid.heard] == ["Bearer SG.old", "Bearer SG.new"]


@pytest.mark.parametrize("key", ["", "  ", "SG.a\nX-Evil: 1", "SG.ä", "SG a"])
async def test_a_key_that_is_none_is_refused_without_being_shown(key: str, sendgrid: SendGridDouble) -> None:
    with pytest.raises(ApplicationError, match="there is no usable SendGrid API key") as refusal:
        await transport(sendgrid.host, key).deliver(live(letter()))
    assert refusal.value.type == REFUSED_BY_PROVIDER
    assert "Evil" not in str(refusal.value)
    assert sendgrid.heard == []


async def test_neither_key_nor_addresses_are_logged(sendgrid: SendGridDouble, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await transport(sendgrid.host).deliver(live(letter()))
    await problem(sendgrid, error(400, "bad ward3@organisation.example"))
    assert KEY not in caplog.text
    assert "ward3" not in caplog.text


@pytest.mark.parametrize(
    ("residency", "host"), [("eu", "https://api.eu.sendgrid.com"), ("global", "https://api.sendgrid.com")]
)
def test_the_data_residency_chooses_the_host_and_the_time_out_holds(residency: Any, host: str) -> None:
    client = SendGridMail(lambda: KEY, residency=residency, timeout=7 * SECOND)._client().client.mail.send
    assert client.host == host
    assert client.timeout == 7


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"personalizations": []}, "it has no recipient"),
        ({"personalizations": [{"to": []}]}, "it has no recipient"),
        ({"personalizations": [{"to": [{"email": "a@b.example"}] * 1001}]}, "it has more than 1000 recipients"),
        ({"subject": " "}, "it has no subject"),
        ({"content": [{"type": "text/plain", "value": "\n"}]}, "it has no text"),
        (
            {"personalizations": [{"to": [{"email": "a@b.example"}], "custom_args": {"incident": 1}}]},
            "a custom argument is not a text",
        ),
        ({"headers": {"Bcc": "x"}}, "it sets reserved headers (bcc)"),
        ({"attachments": [{"content": "not base64!"}]}, "an attachment is not base64"),
        ({"attachments": [{"content": "A" * (LARGEST + 4)}]}, "it is larger than 30 MB"),
    ],
)
def test_what_the_description_lets_through_is_found_here(change: dict[str, Any], fault: str) -> None:
    request = request_for(live(letter()).message)
    assert fault_in(request) is None
    assert fault_in(request | change) == fault


async def test_a_message_without_a_recipient_never_reaches_sendgrid(sendgrid: SendGridDouble) -> None:
    mail = live(letter())
    del mail.message["To"]
    with pytest.raises(ApplicationError, match="it has no recipient") as refusal:
        await transport(sendgrid.host).deliver(mail)
    assert refusal.value.type == REFUSED_BY_PROVIDER
    assert sendgrid.heard == []
