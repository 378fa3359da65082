"""Text messages: their words and length, their way to a real (local) provider by Apprise, drills, repeated tries."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.evidence.case_folder import CaseFolders
from activities.mail.transport import DELIVERY_UNKNOWN, NOT_NOW
from activities.text_messages import apprise
from activities.text_messages.apprise import AppriseTexts
from activities.text_messages.length import Length, length_of, plain
from activities.text_messages.sender import IN_DOUBT, FailedText, TextRoom
from activities.text_messages.transport import LiveText, TextOutbox, TextTransport
from activities.text_messages.wording import text_worded
from tests.activities.mail.post_office import operating_model
from tests.activities.mail.smtp_double import free_port
from tests.activities.text_messages.provider_double import SILENT, TextProviderDouble
from tests.store import ledger_in
from workflows.procedure.languages import LANGUAGES
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import SERVICE_IDS
from workflows.process.ports import REFUSED_BY_PROVIDER
from workflows.process.telling.text_messages import TextMessage

START = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
KINDS = ("planned", "started", "window_ended", "ended", "changed", "cancelled")
NUMBER = "+358401234567"


def message(**changes: Any) -> TextMessage:
    """The day before's message to the ward."""
    plan: dict[str, Any] = {
        "title": "New version",
        "services": ["PRESCRIPTION", "MYKANTA"],
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "not_affected": ["KELAIN"],
        "effect": "No personal data, and nothing that a person wrote, goes into a text message",
    } | changes.pop("plan", {})
    return TextMessage.model_validate(
        {"key": "maintenance-M-1/run/text/1", "reference": "M-1", "case": "maintenance~M-1",
         "kind": "maintenance_planned", "contact": "ward-3", "language": "fi", "plan": plan} | changes
    )  # fmt: skip


def model(text_message: str = NUMBER, url: str = "") -> OperatingModel:
    """An operating model whose ward has an address for text messages."""
    contents = operating_model().model_dump(mode="json")
    contents["contacts"]["ward-3"]["text_message"] = text_message
    contents["text_messages"] = {"url": url}
    return OperatingModel.model_validate(contents)


def room(folder: Path, transport: TextTransport, known: OperatingModel, **options: Any) -> TextRoom:
    folders, ledger = CaseFolders(folder / "cases"), ledger_in(folder / "l")
    return TextRoom(transport, folder / "outbox", folders, lambda: known, ledger, **options)


@pytest.fixture
def provider() -> Iterator[TextProviderDouble]:
    with TextProviderDouble().running() as running:
        yield running


@pytest.fixture
def worker_log() -> Iterator[io.StringIO]:
    """What a worker's log would hold at its most talkative (pytest's own also hears loggers that are kept apart)."""
    heard = io.StringIO()
    root, handler = logging.getLogger(), logging.StreamHandler(heard)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise, "SECONDS_TO_ANSWER", 1)


def by_apprise(folder: Path, provider: TextProviderDouble, target: str = NUMBER, **options: Any) -> TextRoom:
    """A room that sends to the local provider, with a secret in its address."""
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets" / "provider").write_text("s3cret/&?\n", encoding="utf-8")
    url = f"json://desk:{{secret:provider}}@{provider.place}/send/{{number}}"
    known = model(target, url)
    return room(folder, AppriseTexts(lambda: known.text_messages.url, folder / "secrets"), known, **options)


# --- words ------------------------------------------------------------------------------------------------------


def test_the_words_in_finnish() -> None:
    assert text_worded(message(), model()) == (
        "Esimerkin hyvinvointialue: Huoltokatko ti 24.11. klo 06.00-08.00: Resepti-palvelu (Reseptikeskus), OmaKanta. "
        "Ei vaikuta: Kelain. M-1"
    )


@pytest.mark.parametrize(
    ("language", "mark"), [("fi", "LYHYT VAROITUSAIKA"), ("sv", "KORT VARSEL"), ("en", "SHORT NOTICE")]
)
def test_short_notice_is_marked(language: str, mark: str) -> None:
    assert f": {mark}: " in text_worded(message(language=language, short_notice=True), model())
    assert mark not in text_worded(message(language=language), model())


@pytest.mark.parametrize(
    ("language", "mark"),
    [("fi", "VARMISTAMATON LÄHETTÄJÄ. "), ("sv", "OVERIFIERAD AVSÄNDARE. "), ("en", "UNVERIFIED SENDER. ")],
)
def test_what_a_stranger_has_led_to_begins_with_the_mark(language: str, mark: str) -> None:
    for kind in ("maintenance_planned", "change"):
        plain = message(kind=kind, language=language)
        marked = message(kind=kind, language=language, is_unverified=True)
        assert text_worded(marked, model()) == mark + text_worded(plain, model())


def test_a_change_says_the_old_time_too() -> None:
    before = message(plan={"starts_at": START - timedelta(days=1), "ends_at": START - timedelta(hours=22)}).plan
    words = text_worded(message(kind="maintenance_changed", plan_before=before, language="en"), model())
    assert "CHANGE of maintenance break: Tue 24 Nov 06:00-08:00 (before: Mon 23 Nov 06:00-08:00)" in words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("services", [1, 17])
def test_no_message_is_longer_than_two_parts_or_leaves_the_alphabet(language: str, kind: str, services: int) -> None:
    sizes = {"services": SERVICE_IDS[:services], "not_affected": SERVICE_IDS[services:]}
    longest = operating_model(name="Keski-Pohjanmaan ja Pietarsaaren sosiaali- ja terveydenhuollon kuntayhtymä – Soite")
    words = text_worded(
        message(
            kind=f"maintenance_{kind}",
            language=language,
            plan=sizes,
            reference="M" * 64,
            drill=True,
            short_notice=True,
            is_unverified=True,
        ),
        longest,
    )
    assert length_of(words) in (Length(is_gsm=True, parts=1), Length(is_gsm=True, parts=2))
    assert "M" * 64 in words
    assert "nothing that a person wrote" not in words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, Length(is_gsm=True, parts=1)),
        ("a" * 161, Length(is_gsm=True, parts=2)),
        ("ä" * 306, Length(is_gsm=True, parts=2)),
        ("ä" * 307, Length(is_gsm=True, parts=3)),
        ("€" * 80, Length(is_gsm=True, parts=1)),
        ("€" * 81, Length(is_gsm=True, parts=2)),
        ("č" * 70, Length(is_gsm=False, parts=1)),
        ("č" * 71, Length(is_gsm=False, parts=2)),
        ("😷" * 35, Length(is_gsm=False, parts=1)),
        ("😷" * 36, Length(is_gsm=False, parts=2)),
    ],
)
def test_the_length_that_a_network_counts(text: str, expected: Length) -> None:
    assert length_of(text) == expected


def test_signs_of_print_become_signs_of_telephones() -> None:
    assert plain("8–9 “x” …\u00a0y") == '8-9 "x" ... y'
    assert length_of(plain("8–9 “x” …\u00a0y")).is_gsm


# --- by Apprise to a provider -----------------------------------------------------------------------------------


async def test_the_provider_gets_one_message_for_one_number(tmp_path: Path, provider: TextProviderDouble) -> None:
    sent = await by_apprise(tmp_path, provider).send_text_message(message())
    ((path, authorization, body),) = provider.heard
    assert path.startswith((f"/send/{NUMBER}", "/send/%2B358401234567"))
    assert body["message"] == text_worded(message(), model())
    assert authorization.startswith("Basic ")
    assert (sent.state, sent.channel, sent.to, NUMBER in sent.model_dump_json()) == (
        "accepted",
        "text_message",
        "ward-3",
        False,
    )
    kept = [path.name for path in (tmp_path / "cases/case-maintenance~M-1/messages").iterdir()]
    assert len(kept) == 1


async def test_a_repeated_call_sends_nothing_again(tmp_path: Path, provider: TextProviderDouble) -> None:
    first = await by_apprise(tmp_path, provider).send_text_message(message())
    assert await by_apprise(tmp_path, provider).send_text_message(message()) == first
    assert len(provider.heard) == 1


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (401, REFUSED_BY_PROVIDER, "answered 401"),
        (404, REFUSED_BY_PROVIDER, "answered 404"),
        (429, NOT_NOW, "answered 429"),
        (500, NOT_NOW, "answered 500"),
        (503, NOT_NOW, "answered 503"),
        (SILENT, DELIVERY_UNKNOWN, "did not answer"),
    ],
)
async def test_what_the_provider_answers_decides(
    tmp_path: Path, provider: TextProviderDouble, worker_log: io.StringIO, status: int, kind: str, said: str
) -> None:
    provider.statuses = [status]
    with pytest.raises(ApplicationError, match=said) as refused:
        await by_apprise(tmp_path, provider).send_text_message(message())
    assert (refused.value.type, refused.value.non_retryable) == (kind, kind == REFUSED_BY_PROVIDER)
    told = f"{refused.value} {worker_log.getvalue()}"
    assert not [secret for secret in ("s3cret", NUMBER, "401234567", provider.place) if secret in told]
    if kind != REFUSED_BY_PROVIDER:
        sent = await by_apprise(tmp_path, provider).send_text_message(message())
        assert (IN_DOUBT in sent.detail) == (kind == DELIVERY_UNKNOWN)


@pytest.mark.parametrize(("status", "is_told"), [(404, True), (400, True), (401, False), (503, False), (SILENT, False)])
async def test_who_keeps_the_contacts_is_told_where_it_is_the_number(
    tmp_path: Path, provider: TextProviderDouble, status: int, is_told: bool
) -> None:
    provider.statuses = [status]
    failed: list[FailedText] = []

    async def keep(text: FailedText) -> None:
        failed.append(text)

    texts = by_apprise(tmp_path, provider, failed=keep)
    with pytest.raises(ApplicationError):
        await texts.send_text_message(message())
    about = FailedText(message().key, "M-1", "ward-3", "text_message")
    assert failed == ([about] if is_told else [])


async def test_a_provider_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    known = model(f"json://127.0.0.1:{free_port()}/x")
    with pytest.raises(ApplicationError, match="did not answer") as refused:
        await room(tmp_path, AppriseTexts(str, tmp_path), known).send_text_message(message())
    assert (refused.value.type, refused.value.non_retryable) == (DELIVERY_UNKNOWN, False)


@pytest.mark.parametrize(
    ("target", "url", "said"),
    [
        ("", "", "has no address for text messages"),
        (NUMBER, "", "names no provider for numbers"),
        ("nonsense://x", "", "not one that is understood"),
        (f"46elks://u:{{secret:there}}@From/{NUMBER}/+358407654321", "", "names several recipients"),
        ("json://u:{secret:gone}@127.0.0.1/x", "", "secret 'gone' can't be read"),
        ("json://u:{secret:empty}@127.0.0.1/x", "", "secret 'empty' is empty"),
    ],
)
async def test_an_address_that_can_not_be_used_says_who_must_act(
    tmp_path: Path, target: str, url: str, said: str
) -> None:
    (tmp_path / "there").write_text("x", encoding="utf-8")
    (tmp_path / "empty").write_text("", encoding="utf-8")
    with pytest.raises(ApplicationError, match=said) as refused:
        await room(tmp_path, AppriseTexts(lambda: url, tmp_path), model(target)).send_text_message(message())
    assert (refused.value.type, refused.value.non_retryable) == (REFUSED_BY_PROVIDER, True)


async def test_a_drill_never_reaches_the_provider(tmp_path: Path, provider: TextProviderDouble) -> None:
    sent = await by_apprise(tmp_path, provider).send_text_message(message(drill=True))
    assert (provider.heard, sent.state) == ([], "diverted")
    (kept,) = (tmp_path / "outbox").iterdir()
    assert kept.read_text(encoding="utf-8").startswith("HARJOITUS ")


async def test_the_outbox_keeps_live_ones_too(tmp_path: Path) -> None:
    sent = await room(tmp_path, TextOutbox(tmp_path / "outbox"), model()).send_text_message(message())
    (kept,) = (tmp_path / "outbox").iterdir()
    assert (sent.state, kept.stat().st_mode & 0o777, NUMBER in kept.read_text(encoding="utf-8")) == (
        "accepted",
        0o600,
        False,
    )


def test_a_live_text_does_not_show_its_address() -> None:
    assert NUMBER not in repr(LiveText("x", "x.txt", NUMBER))


FAULT_KINDS = ("start", "change", "end", "cancelled")


def fault_text(**changes: Any) -> TextMessage:
    """The message of the start of a fault to the ward."""
    return TextMessage.model_validate(
        {"key": "incident-F-1/run/text/1", "reference": "INC-20261124-7F3K", "case": "F-1", "kind": "start",
         "contact": "ward-3", "language": "fi", "services": ["PRESCRIPTION", "MYKANTA"], "noticed_at": START,
         "happened_at": START + timedelta(hours=2)} | changes
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FAULT_KINDS)
@pytest.mark.parametrize(
    "situation",
    [
        None,
        {"phase": "handling", "place": "unsaid"},
        {"phase": "handling", "is_back": True},
        {"phase": "watch", "place": "unsaid"},
        {"phase": "watch", "place": "test"},
    ],
)
def test_a_text_about_a_fault_fits_into_two_parts(kind: str, language: str, situation: dict[str, Any] | None) -> None:
    longest = model()
    name = "Erittäin pitkän nimen hyvinvointikuntayhtymä Pohjois-Suomessa"
    longest = longest.model_copy(update={"organisation": longest.organisation.model_copy(update={"name": name})})
    text = text_worded(
        fault_text(kind=kind, language=language, situation=situation, services=SERVICE_IDS, drill=True), longest
    )
    assert length_of(text) == Length(is_gsm=True, parts=2), text
    assert "INC-20261124-7F3K" in text
