"""The operating model file: every fault with its line, and a changed file taken only when it is valid."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest
from temporalio.testing import ActivityEnvironment

from activities.operating_model.file import OperatingModelFault, OperatingModelFile, load_operating_model
from activities.operating_model.toml_lines import key_lines, line_of
from workers.settings import packaged_operating_model
from workflows.procedure.duties import Role
from workflows.process.ports import Audience

EXAMPLE = packaged_operating_model().read_text(encoding="utf-8")


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "operating-model.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(folder: Path, text: str | bytes) -> list[str]:
    """What is said about a file, without the path in front."""
    path = written(folder, text)
    with pytest.raises(OperatingModelFault) as refused:
        load_operating_model(path)
    lines = str(refused.value).splitlines()
    assert all(line.startswith(f"{path}:") for line in lines)
    return [line.removeprefix(f"{path}:") for line in lines]


def line(text: str, part: str) -> int:
    """The line (from 1) on which a part of a text stands first."""
    return text[: text.index(part)].count("\n") + 1


def test_the_packaged_example_works_and_reaches_nobody() -> None:
    model = load_operating_model(packaged_operating_model())
    addresses = [contact.email for contact in model.contacts.values()]
    addresses += [model.organisation.email, model.kela.report_email]
    assert all(address.endswith("@example.org") for address in addresses)
    assert {contact.language for contact in model.contacts.values()} == {"fi", "sv", "en"}
    assert set(model.roles) == set(Role.__args__)  # type: ignore[attr-defined]  # a Literal's values
    assert "tekninentuki@kanta.fi" in EXAMPLE, "says what to write in use"


def test_an_option_that_the_example_names_is_taken_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "model.toml"
    file.write_text(re.sub(r'^# (?=\w+ = "ask")', "", EXAMPLE, flags=re.MULTILINE), encoding="utf-8")
    report = load_operating_model(file).report
    assert (report.supplement, report.end, report.withdrawal) == ("ask", "ask", "ask")


def test_every_option_that_the_example_leaves_out_may_be_taken_in_one_go(tmp_path: Path) -> None:
    file, option = tmp_path / "model.toml", re.compile(r'^# (?=\w+ = (?:".*"|\[.*\])\s*(?:#.*)?$)', re.MULTILINE)
    file.write_text(option.sub("", EXAMPLE), encoding="utf-8")
    assert option.findall(EXAMPLE)
    assert load_operating_model(file).telling.start_text == ("health-stations",)


def test_the_examples_ladders() -> None:
    ladders = load_operating_model(packaged_operating_model()).ladders
    authority = [rung.after.total_seconds() / 3600 for rung in ladders["notify_supervisory_authority"].reminders]
    assert authority == [24, 48, 60, 66, 70, 71]
    assert [rung.to for rung in ladders["phone_kela"].reminders] == ["desk", "desk", "duty_officer", "management"]
    assert ladders["triage"].due_after.total_seconds() == 30 * 60


@pytest.mark.parametrize(
    ("good", "bad", "key", "words"),
    [
        ("days_before = 14", "days_before = 140", "maintenance.points.two_weeks_before.days_before", "90"),
        ('at = "15:00"', 'at = "25:00"', "maintenance.points.day_before.at", "like"),
        ('overlong_again_every = "12h"', 'overlong_again_every = "1min"', "maintenance.overlong_again_every", "15min"),
        (
            'tells_of = "each_end"',
            'groups = ["nobody-here"]\ntells_of = "each_end"',
            "maintenance.points.end.groups",
            "no contact is in group 'nobody-here'",
        ),
        (
            'text_message = "+358000000011"',
            'text_message = "json://user:hunter2@host"',
            "contacts.health-station-north.text_message",
            "a password stands in it",
        ),
        ('url = ""', 'url = "json://host/x"', "text_messages.url", "where the number goes"),
        (
            'deputies = ["duty-officer"]',
            'deputies = ["dutyofficer"]',
            "roles.desk.deputies",
            "no contact 'dutyofficer'",
        ),
        ('reporter_role = "', 'reporter_rolle = "', "organisation.reporter_rolle", "did you mean 'reporter_role'?"),
        ("[ladders.phone_kela]", "[ladders.phone_kella]", "ladders.phone_kella", "did you mean 'phone_kela'?"),
        ('to = "management" },\n]\noverdue_to = ["desk"', 'to = "mgmt" },\n]\noverdue_to = ["desk"', "", "'mgmt'"),
        ('email = "viestinta@', 'email = "viestinta', "contacts.communications.email", "one e-mail address"),
        (
            'report_email = "tekninen-tuki@example.org"',
            'report_email = "tekninen-tuki@example.org\u200b"',
            "kela.report_email",
            "U+200B ZERO WIDTH SPACE as character 26",
        ),
        ('email = "viestinta@', 'email = "viestintä@', "contacts.communications.email", "has 'ä' before the @"),
        (
            'text_message = "+358000000011"',
            'text_message = "\u202a+358000000011\u202c"',
            "contacts.health-station-north.text_message",
            "U+202A LEFT-TO-RIGHT EMBEDDING",
        ),
        ("[contacts.operations]", "[contacts.Operations]", "contacts.Operations", "small letters"),
        ("verified_on = 2026-08-31", 'verified_on = "soon"', "contacts.pharmacy-centre.verified_on", "must be a date"),
        ('after = "9min"', 'after = "9 minutes"', "ladders.phone_kela.reminders.after", 'written as "15min"'),
        ('after = "9min"', 'after = "90min"', "ladders.phone_kela.reminders.after", "does not lie between"),
        ('instruction = ["contact-persons"]', 'instruction = ["people"]', "telling.instruction", "in group 'people'"),
        ('sector = "healthcare"', "sector = 7", "organisation.sector", "7 is not known"),
        ('length = "24h"', 'lenght = "24h"', "watch.lenght", "did you mean 'length'?"),
        ('name = "Viestintä"\n', 'name = ["Viestintä"]\n', "contacts.communications.name", "in quotation marks"),
        ('version = "7.1"', 'versio = "7.1"', "systems.versio", "did you mean 'version'?"),
    ],
)
def test_each_fault_stands_at_its_line(tmp_path: Path, good: str, bad: str, key: str, words: str) -> None:
    text = EXAMPLE.replace(good, bad, 1)
    said = faults(tmp_path, text)
    at = f"{line(text, bad)}: {key}"
    assert [fault for fault in said if fault.startswith(at) and words in fault], said


def test_a_domain_may_have_letters_of_its_own(tmp_path: Path) -> None:
    text = EXAMPLE.replace("pohjoinen.terveysasema@example.org", "terveysasema@pohjoinen-väylä.fi")
    assert text != EXAMPLE
    path = tmp_path / "model.toml"
    path.write_text(text, encoding="utf-8")
    assert load_operating_model(path).contacts["health-station-north"].email == "terveysasema@pohjoinen-väylä.fi"


def test_all_faults_are_listed_once_each_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = EXAMPLE.replace('contacts = ["desk"]', 'contacts = ["dask"]', 1).replace(
        'language = "sv"', 'language = "se"'
    )
    said = faults(tmp_path, text.replace("\n[report]\n", '\n[report]\ntemplat = ""\n'))
    numbers = [int(fault.split(":")[0]) for fault in said]
    assert len(said) == len(set(said)) == 1 + EXAMPLE.count('language = "sv"') + 1
    assert numbers == sorted(numbers)


def test_a_needed_key_is_told_at_the_table_that_lacks_it(tmp_path: Path) -> None:
    text = EXAMPLE.replace('email = "palvelupiste@example.org"        # the sender of every message\n', "")
    assert faults(tmp_path, text) == [f"{line(text, '[organisation]')}: organisation.email: is needed"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\nb = \n", "2: is not TOML: Invalid value (column 5)"),
        ("[a]\n[b]\n[a]\n", "3: is not TOML: Cannot declare ('a',) twice (column 3)"),
        ('a = "x\n', "1: is not TOML: Illegal character '\\n' (column 7)"),
        ("a = 1\nb = [1,\n", "3: is not TOML: Invalid value (at end of document)"),
        (b"a = 1\nb = '\xe4'\n", "2: is not UTF-8: save the file as UTF-8"),
        (b"\0" * 10, "1: is not TOML: Invalid statement (column 1)"),
        (b"#" * 1_000_001, "1: is larger than 1 MB: is this the right file?"),
        ("a = " + "[" * 5000, "1: is nested too deeply"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert faults(tmp_path, text) == [said]


@pytest.mark.parametrize("written", [True, False])
def test_without_time_zone_data_no_file_is_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bool) -> None:
    """Also where it names no zone: the default is Helsinki, and every process would stop at its first local time."""

    def no_data(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr("workflows.procedure.local_time.zone", no_data)
    text = EXAMPLE if written else EXAMPLE.replace('time_zone = "Europe/Helsinki"\n', "")
    (said,) = faults(tmp_path, text)
    assert said.endswith("organisation.time_zone: there is no time zone 'Europe/Helsinki': install the package tzdata")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OperatingModelFault, match=r"none\.toml:1: can't be read: No such file"):
        load_operating_model(tmp_path / "none.toml")


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode())
    assert load_operating_model(path) == load_operating_model(packaged_operating_model())


EVERY_WAY = """# comment
a.b = 1
"q.r" = '''
x = 2
'''
inline = { one = 1, two = { deep = [10,
  # comment
  20] } }
[[list]]
name = 'ä'
[[list]]
[list.sub]
'name' = 2
[ t . u ] # comment
v = []
"""


def test_lines_of_every_way_to_write_a_key() -> None:
    lines = key_lines(EVERY_WAY)
    places = [("a", "b"), ("q.r",), ("inline", "two", "deep", 0), ("inline", "two", "deep", 1), ("list", 0, "name")]
    places += [("list", 1), ("list", 1, "sub", "name"), ("t",), ("t", "u", "v")]
    assert [lines[place] for place in places] == [2, 3, 6, 8, 10, 11, 13, 14, 15]
    assert ("x",) not in lines
    assert line_of(("list", 1, "sub", "missing"), lines) == 12
    assert line_of(("nowhere",), lines) == 1


def test_an_invalid_file_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OperatingModelFault):
        OperatingModelFile(written(tmp_path, "organisation = 1"))


def test_a_changed_file_is_taken_when_it_is_valid_and_the_last_good_one_holds_otherwise(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    file = OperatingModelFile(written(tmp_path, EXAMPLE))
    assert file.current() is file.current(), "an unchanged file is not read again"

    written(tmp_path, EXAMPLE.replace('name = "Viestintä"', 'name = "Tiedotus"').replace('"24h"', '"2 days"'))
    assert file.current().contacts["communications"].name == "Viestintä"
    assert file.current().watch.length.total_seconds() == 24 * 3600
    assert "watch.length" in file.problem

    written(tmp_path, EXAMPLE.replace('length = "24h"', 'length = "48h"'))
    assert file.current().watch.length.total_seconds() == 48 * 3600
    assert file.problem == ""

    (tmp_path / "operating-model.toml").unlink()
    assert file.current().watch.length.total_seconds() == 48 * 3600
    assert "can't be read" in file.problem
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO", "WARNING"]
    assert "Tiedotus" not in caplog.text


async def test_the_activities_answer_from_the_file_as_it_stands(tmp_path: Path) -> None:
    file = OperatingModelFile(written(tmp_path, EXAMPLE))
    run = ActivityEnvironment().run
    audience = Audience(groups=("pharmacies", "contact-persons"), roles=("communications",), deputies=True)

    told = await run(file.who_is_told, audience)
    assert [(one.contact, one.language) for one in told][:2] == [
        ("communications", "fi"),
        ("health-station-north", "fi"),
    ]
    assert ("pharmacy-coast", "sv") in [(one.contact, one.language) for one in told]
    assert len({one.contact for one in told}) == len(told)
    sectors = {one.contact: one.sector for one in told}
    assert (sectors["pharmacy-coast"], sectors["social-welfare"]) == ("pharmacy", "social_welfare")
    assert sectors["hospital-ward-desk"] == "healthcare", "the organisation's own"
    assert [one.contact for one in told if one.for_citizens] == ["communications"], "the holder, not the deputy"
    assert told[-1].contact == "desk", "the deputy"
    assert await run(file.who_is_told, Audience()) == []

    named = ("health-station-coast", "communications", "pharmacy-coast", "long-gone")
    found = await run(file.who_is_told, Audience(contacts=named))
    assert [each.contact for each in found] == [*named[:3]], "one who is no contact any more is left out"
    found = await run(file.who_is_told, Audience(contacts=named, deputies=True))
    assert [(each.contact, each.stands_in_for) for each in found[3:]] == [
        ("health-station-north", ("health-station-coast",)),  # its own deputy
        ("desk", ("communications",)),  # that of its role
    ]

    found = await run(file.who_is_told, Audience(groups=("pharmacies",), text_groups=("pharmacies", "social-welfare")))
    assert [(each.contact, each.channel) for each in found] == [
        ("pharmacy-centre", "email"),  # once, though it has no number for the text message
        ("pharmacy-coast", "email"),
        ("social-welfare", "text_message"),
    ]

    written(tmp_path, EXAMPLE.replace('phone = "020 634 7787"', 'phone = "020 000 0000"'))
    assert (await run(file.rules_in_force)).kela_phone == "020 000 0000"


@pytest.mark.parametrize("wanted", [True, False])
def test_whether_a_second_person_is_needed_comes_with_the_rules(wanted: bool, tmp_path: Path) -> None:
    text = EXAMPLE.replace("second_person = false", f"second_person = {str(wanted).lower()}")
    assert load_operating_model(written(tmp_path, text)).rules().second_person is wanted


def test_a_second_person_in_the_wrong_place_or_of_the_wrong_kind_is_a_fault_with_its_line(tmp_path: Path) -> None:
    at = line(EXAMPLE, "second_person = false")
    [fault] = faults(tmp_path, EXAMPLE.replace("second_person = false", "second_person = 2"))
    assert fault.startswith(f"{at}: second_person: ")
    moved = EXAMPLE.replace("second_person = false\n", "").rstrip("\n") + "\nsecond_person = true\n"
    assert any("second_person" in each for each in faults(tmp_path, moved))
