"""What a letter is about, by another channel than mail: to real (local) providers; one hangs, one floods errors."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.acknowledging.links import SeenLinkSigner
from activities.evidence.case_folder import CaseFolders
from activities.mail.transport import NOT_NOW
from activities.text_messages import apprise
from activities.text_messages.apprise import AppriseTexts, provider_of
from activities.text_messages.length import length_of
from activities.text_messages.letter_wording import letter_in_short
from activities.text_messages.places import AT_ONCE, OF_MAILINGS
from activities.text_messages.sender import FailedText, TextRoom
from tests.activities.mail.post_office import operating_model
from tests.activities.text_messages.provider_double import SILENT, TextProviderDouble
from tests.store import ledger_in
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.ports import PERSONAL_DATA_FOUND, REFUSED_BY_PROVIDER, WAITS_ITS_TURN, Letter
from workflows.process.telling.text_messages import ByChannel

DUE = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
NUMBER = "+358401234567"


def letter(**changes: Any) -> Letter:
    """An alarm of the duty to report to Kela."""
    facts: dict[str, Any] = {
        "key": "incident-1/run/overdue", "reference": "INC-1", "kind": "overdue", "contact": "ward-3",
        "language": "en", "duty": "report_to_kela", "duty_kind": "report_to_kela", "due_at": DUE,
        "services": ["PRESCRIPTION"], "title": "Kalle has said that nothing works", "asked_at": DUE,
        "text": "what a person wrote",
    }  # fmt: skip
    return Letter.model_validate(facts | changes)


def model(**addresses: str) -> OperatingModel:
    """An operating model whose ward has addresses of its own."""
    contents = operating_model().model_dump(mode="json")
    contents["contacts"]["ward-3"] |= {"text_message": NUMBER, "addresses": addresses}
    return OperatingModel.model_validate(contents)


def room(folder: Path, known: OperatingModel, **options: Any) -> TextRoom:
    folders, ledger = CaseFolders(folder / "cases"), ledger_in(folder / "l")
    transport = AppriseTexts(lambda: known.text_messages.url, folder)
    return TextRoom(transport, folder / "outbox", folders, lambda: known, ledger, **options)


def to(name: str, number: int = 0, **changes: Any) -> ByChannel:
    return ByChannel(letter=letter(key=f"incident-1/run/{number}", **changes), channel=name)


@pytest.fixture
def provider() -> Iterator[TextProviderDouble]:
    with TextProviderDouble().running() as running:
        yield running


@pytest.fixture
def broken() -> Iterator[TextProviderDouble]:
    with TextProviderDouble().running() as running:
        yield running


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise, "SECONDS_TO_ANSWER", 1)


def both(provider: TextProviderDouble, broken: TextProviderDouble) -> OperatingModel:
    return model(teams=f"json://{provider.place}/teams", slack=f"json://{broken.place}/slack")


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "Lisää: sähköpostissasi tai kantadeskissä."),
        ("sv", "Mer: i din e-post eller i kantadesk."),
        ("en", "More: your mail, or kantadesk."),
    ],
)
def test_it_says_facts_and_nothing_that_a_person_wrote(language: str, words: str) -> None:
    said = letter_in_short(letter(language=language), model(), NUMBER)
    assert said.startswith("Es") or said
    assert "[INC-1]" in said
    assert words in said
    assert "Kalle" not in said
    assert "wrote" not in said
    assert length_of(said).parts <= 2


def test_who_can_t_look_is_told_whom_to_ask() -> None:
    said = letter_in_short(letter(kind="instruction", to_acknowledge="instruction-1"), model(), NUMBER)
    assert model().organisation.call_back in said
    assert "kantadesk" not in said


def test_what_has_a_text_message_of_its_own_is_worded_as_that() -> None:
    said = letter_in_short(letter(kind="start", duty="", duty_kind="", noticed_at=DUE), model(), "json://x/y")
    assert "Follow your instructions for faults." in said


@pytest.mark.parametrize("target", [NUMBER, "json://host/chat"])
def test_a_link_to_acknowledge_goes_where_there_is_room_for_it(target: str) -> None:
    contents = model().model_dump(mode="json") | {"acknowledgement_links": {"address": "https://desk.example.org"}}
    known = OperatingModel.model_validate(contents)
    links = SeenLinkSigner(lambda: [b"key"]).links(letter(), known, "incident-INC-1")
    said = letter_in_short(letter(), known, target, links)
    assert ("Acknowledge: https://desk.example.org/seen/" in said) == (target != NUMBER)


def test_an_identity_code_never_goes_out() -> None:
    code = letter(kind="breach_notice_controller", duty="", duty_kind="", towards="", title="")
    known = model().model_copy(
        update={"organisation": model().organisation.model_copy(update={"name": "131052-308T", "names": {}})}
    )
    with pytest.raises(ApplicationError) as refused:
        letter_in_short(code, known, NUMBER)
    assert refused.value.type == PERSONAL_DATA_FOUND


# --- its way ----------------------------------------------------------------------------------------------------


async def test_it_goes_to_the_contacts_own_address_once_and_is_kept(
    tmp_path: Path, provider: TextProviderDouble, broken: TextProviderDouble
) -> None:
    texts = room(tmp_path, both(provider, broken))
    sent = await texts.send_by_channel(to("teams"))
    again = await texts.send_by_channel(to("teams"))
    assert again == sent
    assert [path for path, _, _ in provider.heard] == ["/teams"]
    assert (sent.to, sent.channel, sent.state, sent.duty) == ("ward-3", "teams", "accepted", "report_to_kela")
    (kept,) = (tmp_path / "cases").rglob("*-teams-ward-3-overdue-*.txt")
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == sent.sha256
    assert provider.heard[0][2]["message"] == kept.read_text(encoding="utf-8")


async def test_the_same_letter_by_two_channels_is_two_messages(
    tmp_path: Path, provider: TextProviderDouble, broken: TextProviderDouble
) -> None:
    texts = room(tmp_path, both(provider, broken))
    ids = {(await texts.send_by_channel(to(name))).id for name in ("teams", "slack")}
    assert len(ids) == 2
    assert len(provider.heard) == len(broken.heard) == 1


async def test_a_drill_reaches_no_provider(tmp_path: Path, provider: TextProviderDouble) -> None:
    texts = room(tmp_path, model(teams=f"json://{provider.place}/teams"))
    sent = await texts.send_by_channel(to("teams", drill=True))
    assert (sent.state, provider.heard) == ("diverted", [])
    assert list((tmp_path / "outbox").glob("*-teams-*.txt"))


async def test_an_address_that_is_gone_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ApplicationError, match="has no address named 'teams'") as refused:
        await room(tmp_path, model()).send_by_channel(to("teams"))
    assert refused.value.type == REFUSED_BY_PROVIDER


async def test_who_keeps_the_contacts_is_told_of_an_address_that_is_wrong(
    tmp_path: Path, broken: TextProviderDouble
) -> None:
    broken.statuses = [404]
    failed: list[FailedText] = []

    async def keep(text: FailedText) -> None:
        failed.append(text)

    texts = room(tmp_path, model(slack=f"json://{broken.place}/slack"), failed=keep)
    with pytest.raises(ApplicationError):
        await texts.send_by_channel(to("slack"))
    assert [(each.contact, each.channel) for each in failed] == [("ward-3", "slack")]


# --- a broken provider ------------------------------------------------------------------------------------------


async def test_a_provider_that_hangs_delays_no_other(
    tmp_path: Path, provider: TextProviderDouble, broken: TextProviderDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that the other one is to have is there while the first ones still wait."""
    monkeypatch.setattr(apprise, "SECONDS_TO_ANSWER", 20)
    broken.statuses = [SILENT] * 200
    texts = room(tmp_path, both(provider, broken))
    hanging = [asyncio.create_task(texts.send_by_channel(to("slack", number))) for number in range(40)]
    waited = [asyncio.create_task(texts.send_by_channel(to("teams", number))) for number in range(100, 100 + AT_ONCE)]
    sent = await asyncio.gather(*waited)
    under_way = [each for each in hanging if not each.done()]
    assert len(under_way) == AT_ONCE, "those that the silent one holds have not answered yet"
    assert {each.state for each in sent} == {"accepted"}
    turned_away = [each.exception() for each in hanging if each.done()]
    assert {getattr(each, "type", "") for each in turned_away} == {WAITS_ITS_TURN}
    broken.is_over.set()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_a_mailing_by_a_provider_that_hangs_leaves_room_for_an_alarm_by_the_same(
    tmp_path: Path, broken: TextProviderDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apprise, "SECONDS_TO_ANSWER", 20)
    broken.statuses = [SILENT] * OF_MAILINGS
    texts = room(tmp_path, model(slack=f"json://{broken.place}/slack"))
    mailing = [
        asyncio.create_task(texts.send_by_channel(to("slack", number, is_mailing=True)))
        for number in range(OF_MAILINGS + 5)
    ]
    async with asyncio.timeout(30):
        while len(broken.heard) < OF_MAILINGS:  # noqa: ASYNC110  # another thread hears them
            await asyncio.sleep(0.01)
    assert (await texts.send_by_channel(to("slack", 99))).state == "accepted"
    assert [each for each in mailing if not each.done()]
    broken.is_over.set()
    await asyncio.gather(*mailing, return_exceptions=True)


async def test_a_provider_that_floods_errors_stops_no_other(
    tmp_path: Path, provider: TextProviderDouble, broken: TextProviderDouble
) -> None:
    broken.statuses = [500] * 300
    texts = room(tmp_path, both(provider, broken))
    for round_ in range(10):
        failing = [asyncio.create_task(texts.send_by_channel(to("slack", each))) for each in range(AT_ONCE)]
        assert (await texts.send_by_channel(to("teams", round_))).state == "accepted"
        outcomes = await asyncio.gather(*failing, return_exceptions=True)
        assert {getattr(each, "type", "") for each in outcomes} <= {NOT_NOW, WAITS_ITS_TURN}
    assert len(provider.heard) == 10


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("json://desk:{secret:p}@host:8/x/{number}", "json://host:8"),
        ("slack://{secret:a}/{secret:b}", "slack://{secret:a}"),
        ("", "://"),
    ],
)
def test_a_provider_is_known_by_its_place(address: str, provider: str) -> None:
    assert provider_of(address) == provider
