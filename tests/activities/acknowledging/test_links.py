"""The links of letters: which letters bear them, for whom, how long; and that only our key makes and reads them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from activities.acknowledging.links import PATH, LinkTo, SeenLink, SeenLinkSigner
from activities.mail.wording import identity_code_in, worded
from tests.activities.mail.post_office import letter, operating_model
from workers.keys.derived import SEEN_LINKS, derived, link_keys
from workers.keys.ring import generate
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.local_time import zone
from workflows.procedure.operating_model.seen_links import SeenLinks

ADDRESS = "https://desk.example.org"
AT = datetime(2026, 11, 27, 23, 0, tzinfo=zone())
RING = generate()
SIGNER = SeenLinkSigner(link_keys(RING))
MODEL = operating_model().model_copy(update={"acknowledgement_links": SeenLinks(address=ADDRESS)})
INSTRUCTION: dict[str, Any] = {
    "kind": "instruction",
    "text": "THL: Paper.",
    "to_acknowledge": "instruction-1",
    "asked_at": AT,
}
ALARM: dict[str, Any] = {"kind": "reminder", "duty": "triage", "duty_kind": "triage", "asked_at": AT}
LINK = SeenLink(
    workflow_id="incident-INC-1", what="instruction-1", kind="instruction", contact="ward-3", recipient="ward-3",
    language="fi", asked_at=int(AT.timestamp()), until=int(AT.timestamp()) + 7 * 86400, letter="0" * 12,
)  # fmt: skip


def links(**facts: Any) -> tuple[LinkTo, ...]:
    return SIGNER.links(letter(**facts), MODEL, "incident-INC-1")


def read(link: LinkTo) -> SeenLink:
    found = SIGNER.read(link.address.removeprefix(ADDRESS + PATH))
    assert found
    return found


def test_a_link_says_for_whom_what_and_until_when() -> None:
    [link] = links(**INSTRUCTION)
    found = read(link)
    assert found.model_copy(update={"letter": LINK.letter}) == LINK
    assert found.is_open(AT + timedelta(days=7) - timedelta(seconds=1))
    assert not found.is_open(AT + timedelta(days=7))


def test_the_same_letter_bears_the_same_link_each_time_it_is_worded() -> None:
    assert links(**INSTRUCTION) == links(**INSTRUCTION)
    assert links(**INSTRUCTION) != links(**INSTRUCTION | {"key": "another"})


def test_a_deputy_gets_one_link_for_each_who_is_away() -> None:
    found = links(**INSTRUCTION | {"kind": "instruction_reminder", "stands_in_for": ("ward-4", "ward-5")})
    assert [(each.contact, read(each).recipient) for each in found] == [("ward-4", "ward-3"), ("ward-5", "ward-3")]


@pytest.mark.parametrize("kind", ["reminder", "overdue"])
def test_an_alarm_bears_one_too(kind: str) -> None:
    [link] = links(**ALARM | {"kind": kind})
    assert (read(link).kind, read(link).what) == ("alarm", "triage")


@pytest.mark.parametrize(
    ("facts", "workflow_id"),
    [
        ({"kind": "start", "asked_at": AT}, "incident-INC-1"),
        (INSTRUCTION | {"asked_at": None}, "incident-INC-1"),
        (INSTRUCTION | {"to_acknowledge": ""}, "incident-INC-1"),
        (ALARM, "watchdog"),
        (ALARM, "maintenance-M-1"),
        (ALARM, ""),
    ],
)
def test_other_letters_bear_none(facts: dict[str, Any], workflow_id: str) -> None:
    assert SIGNER.links(letter(**facts), MODEL, workflow_id) == ()


def test_without_a_public_address_no_letter_bears_one() -> None:
    assert SIGNER.links(letter(**INSTRUCTION), operating_model(), "incident-INC-1") == ()


def test_an_older_key_still_reads_and_a_retired_one_does_not() -> None:
    rotated = RING.with_next(AT).promoted(AT)
    assert SeenLinkSigner(link_keys(rotated)).read(SIGNER.token(LINK)) == LINK
    newer = SeenLinkSigner(link_keys(rotated)).token(LINK)
    assert SIGNER.read(newer) is None
    assert SeenLinkSigner(link_keys(RING.with_next(AT))).token(LINK) == SIGNER.token(LINK)
    assert SeenLinkSigner(link_keys(rotated.without(RING.current))).read(SIGNER.token(LINK)) is None


def test_the_derived_key_is_for_this_alone() -> None:
    key = RING.keys[RING.current]
    assert derived(key, SEEN_LINKS) != key
    assert derived(key, SEEN_LINKS) != derived(key, b"another purpose")
    assert len(derived(key, SEEN_LINKS)) == 32


@given(st.text(max_size=3000) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_whatever_somebody_sends_is_no_link(text: str) -> None:
    assert SIGNER.read(text) is None


@given(st.integers(0, len(SIGNER.token(LINK)) - 2), st.sampled_from("AZaz09-_."))
def test_no_letter_of_a_token_can_be_changed(place: int, other: str) -> None:
    token = SIGNER.token(LINK)
    changed = token[:place] + other + token[place + 1 :]
    assert (SIGNER.read(changed) == LINK) == (changed == token)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("facts", [INSTRUCTION, INSTRUCTION | {"kind": "instruction_reminder"}, ALARM])
def test_a_letter_shows_its_link_whole_on_a_line_of_its_own(facts: dict[str, Any], language: Language) -> None:
    some = letter(**facts | {"language": language})
    found = SIGNER.links(some, MODEL, "incident-INC-1")
    bare, linked = worded(some, MODEL), worded(some, MODEL, None, found)
    assert f"\n       {found[0].address}\n" in linked.body
    assert PATH not in bare.body
    assert "\n\n\n" not in linked.body
    assert bare.subject == linked.subject


SAYS = {
    "fi": """
2. Kuittaa alla olevasta linkistä tai vastaamalla tähän viestiin.

Kuittaa avaamalla linkki ja painamalla painiketta. Linkki on vain sinulle: älä välitä sitä eteenpäin.

       ADDRESS

Käyttötuki kirjaa kuittauksen:
""",
    "sv": """
2. Kvittera med länken nedan eller genom att svara på detta meddelande.

Kvittera genom att öppna länken och trycka på knappen. Länken är bara för dig: skicka den inte vidare.

       ADDRESS

Användarstödet antecknar kvitteringen:
""",
    "en": """
2. Acknowledge it by the link below, or by replying to this message.

To acknowledge, open this link and press the button. The link is for you alone: do not pass it on.

       ADDRESS

The desk records the acknowledgement:
""",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_an_instruction(language: Language) -> None:
    some = letter(**INSTRUCTION | {"language": language})
    [link] = SIGNER.links(some, MODEL, "incident-INC-1")
    assert SAYS[language].replace("ADDRESS", link.address) in worded(some, MODEL, None, [link]).body


def test_what_looks_like_a_code_in_a_link_stops_no_letter() -> None:
    link = LinkTo("ward-3", f"{ADDRESS}{PATH}131052-308T")
    some = letter(**INSTRUCTION)
    assert identity_code_in(some, worded(some, MODEL, None, [link])) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://desk.example.org", "desk.example.org", "https://desk.example.org/path", "https://a@desk.example.org",
        "https://", "https://desk.example.org?x=1", "https://desk example.org", "https://työ.example.org",
        "ftp://desk.example.org", "https://desk.example.org:0", "https://desk.example.org:x",
    ],
)  # fmt: skip
def test_a_wrong_public_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="https://"):
        SeenLinks(address=address)


def test_a_public_address_is_an_origin() -> None:
    for address in ("https://desk.example.org", "https://desk.example.org:8443", "http://127.0.0.1:8300", ""):
        assert SeenLinks(address=address).address == address
    assert SeenLinks(address="https://desk.example.org/").address == ADDRESS


@pytest.mark.parametrize("length", ["59min", "61d"])
def test_a_link_is_open_for_some_hours_to_some_weeks(length: str) -> None:
    with pytest.raises(ValidationError, match="between 1 hour and 60 days"):
        SeenLinks.model_validate({"open_for": length})
