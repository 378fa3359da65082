"""The doctor says by which rules letters become fewer: digests, quiet hours, one message in a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from starter.doctor.contact_checks import WHEN, check_contacts
from starter.language.words import Spoken, _, speak
from tests.starter.contacts.own_desk import example_model
from workers.settings import load

DIGESTS = "what nobody answers for {} is one letter a day at {}, on {} to management too; alarms by law go on as before"
RULES = {
    'after = "3d" ': 'after = "2d" ',
    "at = 8 ": "at = 7 ",
    'weekly_on = "monday"': 'weekly_on = "friday"',
    '# quiet_hours = "22:00-07:00"': 'quiet_hours = "22:00-06:30"',
    '# one_message_per = "30min"': 'one_message_per = "30min"',
    '# quiet_hours = "never"': 'quiet_hours = "never"',
}


def changed() -> str:
    """The example with other rules."""
    text = example_model()
    for line, instead in RULES.items():
        assert text.count(line) == 1
        text = text.replace(line, instead)
    return text


async def when_told(folder: Path, text: str) -> list[str]:
    """What it says of when people are told."""
    (folder / "operating-model.toml").write_text(text, encoding="utf-8")
    found = await check_contacts(load({}, data_dir=folder))
    return [each.detail for each in found if (each.what, each.level) == (_(WHEN), "ok")]


async def test_the_rules_of_the_operating_model_are_said(tmp_path: Path) -> None:
    assert await when_told(tmp_path, changed()) == [
        DIGESTS.format("2 d 0 h", "07:00", "Fri"),
        "everybody: quiet hours 22:00-06:30, one message in 30 min",
        "Palvelupiste (24/7): no quiet hours",
    ]


async def test_where_nothing_waits_only_the_digests_are_said(tmp_path: Path) -> None:
    assert await when_told(tmp_path, example_model()) == [DIGESTS.format("3 d 0 h", "08:00", "Mon")]


@pytest.mark.parametrize("language", ["fi", "sv"])
async def test_in_the_language_in_force(tmp_path: Path, language: Spoken) -> None:
    speak(language)
    try:
        said = " ".join(await when_told(tmp_path, changed()))
    finally:
        speak("en")
    assert {"fi": "pe myös johdolle", "sv": "fr även till ledningen"}[language] in said
