"""Whom at Kela to call, in the letters after which somebody calls: as of the letter's own moment, in its language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from activities.mail.wording import worded
from tests.activities.mail.post_office import letter, operating_model
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.local_time import zone

MODEL = operating_model()
FRIDAY_NIGHT = datetime(2026, 11, 27, 23, 40, tzinfo=zone())
FRIDAY_NOON = datetime(2026, 11, 27, 12, 0, tzinfo=zone())
CALL: dict[str, Any] = {"duty": "phone_kela", "duty_kind": "phone_kela"}
CLOSED = {
    "fi": """
Kenelle Kelassa soitetaan, tilanne 27.11.2026 klo 23.40:

- Häiriöt: Kelan tekninen tuki, puh. 020 634 7787, palvelee ympäri vuorokauden (käyttötuki ja järjestelmätoimittajat).
- Muut asiat: Kelan ammattilaisten asiakaspalvelu, puh. 020 634 7787, on nyt kiinni. Se aukeaa ma 30.11.2026 klo 07.00. Asiakaspalvelun numero on tarkistamatta.

""",  # noqa: E501
    "sv": """
Vem du ringer på FPA, läget 27.11.2026 kl. 23.40:

- Störningar: FPA:s tekniska support, tfn 020 634 7787, svarar dygnet runt (användarstöd och systemleverantörer).
- Övriga ärenden: FPA:s kundtjänst för yrkesutbildade, tfn 020 634 7787, är nu stängd. Den öppnar må 30.11.2026 kl. 07.00. Kundtjänstens nummer är inte kontrollerat.

""",  # noqa: E501
    "en": """
Whom to call at Kela, as of 27.11.2026 at 23:40:

- Faults: Kela's technical support, tel. 020 634 7787, answers around the clock (helpdesks and system suppliers).
- Other matters: Kela's customer service for professionals, tel. 020 634 7787, is closed now. It opens Mon 30.11.2026 at 07:00. The number of the customer service is unverified.

""",  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["reminder", "overdue", "desk_opened", "notice_ended", "not_sent"])
def test_a_letter_of_the_night_says_whom_to_call(kind: str, language: Language) -> None:
    body = worded(letter(kind=kind, language=language, asked_at=FRIDAY_NIGHT, severity="critical", **CALL), MODEL).body
    assert CLOSED[language] in body
    assert "\n\n\n" not in body


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fi", "on auki. Se sulkeutuu pe 27.11.2026 klo 17.00."),
        ("sv", "är öppen. Den stänger fr 27.11.2026 kl. 17.00."),
        ("en", "is open. It closes Fri 27.11.2026 at 17:00."),
    ],
)
def test_by_day_the_office_is_open(language: Language, says: str) -> None:
    assert says in worded(letter(kind="reminder", language=language, asked_at=FRIDAY_NOON, **CALL), MODEL).body


def test_without_a_moment_the_hours_are_said_and_nothing_about_now() -> None:
    body = worded(letter(kind="reminder", language="en", asked_at=None, **CALL), MODEL).body
    assert "Mon–Fri 7–17, not on public holidays" in body
    assert "Whom to call at Kela:\n" in body


def test_an_organisation_by_another_clock_reads_its_own_time() -> None:
    model = operating_model(time_zone="Europe/Stockholm")
    body = worded(letter(kind="reminder", language="en", asked_at=FRIDAY_NIGHT, **CALL), model).body
    assert "It opens Mon 30.11.2026 at 06:00." in body


def test_the_number_of_technical_support_is_the_operating_models() -> None:
    kela = MODEL.kela.model_copy(update={"phone": "0100 200"})
    body = worded(
        letter(kind="reminder", language="en", asked_at=FRIDAY_NIGHT, **CALL), MODEL.model_copy(update={"kela": kela})
    ).body
    assert "technical support, tel. 0100 200, answers" in body


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "reminder", "duty": "inform_data_subjects", "duty_kind": "inform_data_subjects"},
        {"kind": "overdue", "duty": "distribute_instruction-1", "duty_kind": "distribute_instruction"},
        {"kind": "start"},
        {"kind": "fault_report"},
        {"kind": "not_sent", "severity": "low", "duty": "report_to_kela", "duty_kind": "report_to_kela"},
    ],
)
def test_where_nobody_calls_kela_nothing_is_said(other: dict[str, Any]) -> None:
    asked = {"asked_at": FRIDAY_NIGHT, "extensive": False, "language": "en"} | other
    assert "Whom to call at Kela" not in worded(letter(**asked), MODEL).body
