"""The edges of rules, one on each side: where a comparison, a default or a part left out would make a difference."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tests.builders import NOON
from tests.procedure.breach.facts import facts
from tests.procedure.faults_said import said
from tests.procedure.operating_model.smallest import GOOD
from workflows.procedure import identity_codes, other_laws
from workflows.procedure.arising import Arising
from workflows.procedure.breach import duties
from workflows.procedure.breach.duties import duties_arising
from workflows.procedure.incident.report_form import FORM, ReportFacts, criterion_fields, missing_fields
from workflows.procedure.model import Line
from workflows.procedure.notices.published import Notice, as_told, open_faults
from workflows.procedure.notices.reading import RawNotice, read_notice
from workflows.procedure.operating_model import ladders
from workflows.procedure.operating_model.model import LocalRules, OperatingModel, Switches
from workflows.procedure.operating_model.references import dangling
from workflows.procedure.operating_model.text_addresses import ProviderAddress, TextAddress
from workflows.procedure.operating_model.unanswered import Digests

HOUR = timedelta(hours=1)
CONTACT, PROVIDER = TypeAdapter[str](TextAddress), TypeAdapter[str](ProviderAddress)
BRACES = "holds braces that are not {secret:NAME} (letters, digits, dots, dashes) or {number}"
BY_REFERENCE = "put it into a file of the folder of secrets and write {secret:NAME} here"
PASSWORD = f"a password stands in it: {BY_REFERENCE}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("json://host/{", BRACES),
        ("json://host/}", BRACES),
        ("json://user:hunter2@host@more/path", PASSWORD),
        ("json://user:hunter2@host/x://y", PASSWORD),
        ("json://u:{secret:a}x@host", PASSWORD),
        ("json://u:a:{secret:b}@host", PASSWORD),
        ("json://u:{secret:a}@b:c@host", PASSWORD),
        ("json://AbCdEf0123456789AbCdEf/x://y", f"what looks like a key or a token stands in it: {BY_REFERENCE}"),
        ("json://a b", "must be one address without spaces, like 46elks://USER:{secret:elks}@FROM/{number}"),
    ],
)
def test_addresses_that_are_refused_with_their_reason(text: str, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CONTACT.validate_python(text)
    assert said(refused) == why


@pytest.mark.parametrize(
    "text",
    ["json://user@host/path", "json://host/a:b@c", "json://user:@host", "json://u:{secret:p}@host",
     "json://host/{secret:a}{secret:b}", "json://host/abcdef{secret:x}0123456789012"],
)  # fmt: skip
def test_addresses_without_a_secret_in_clear_are_taken(text: str) -> None:
    assert CONTACT.validate_python(text) == text


def test_providers() -> None:
    assert PROVIDER.validate_python("") == ""
    assert PROVIDER.validate_python("json://host/{number}") == "json://host/{number}"
    with pytest.raises(ValidationError, match="a password stands in it"):
        PROVIDER.validate_python("json://u:hunter2@host/{number}")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("131052-308T", [(0, 11)]),
        ("131052–308T", [(0, 11)]),  # an en dash
        ("131052−308T", [(0, 11)]),  # a minus sign
        ("１３１０５２-308T", [(0, 11)]),
        ("١٣١٠٥٢-308T", [(0, 11)]),  # Arabic digits
        ("131052\u00ad308T", [(0, 11)]),
        ("13\u00ad1052-308T", [(0, 12)]),
        ("131052_308T", [(0, 11)]),  # in the name of a file
        ("131052z308T", []),
        ("290200A248K", []),
    ],
)
def test_codes_in_every_guise(text: str, spans: list[tuple[int, int]]) -> None:
    identity_codes._all.cache_clear()
    assert identity_codes.identity_codes_in(text) == spans


def test_a_code_of_other_digits_is_found_by_its_check_digit_too() -> None:
    numbers = [f"131052{number:03}" for number in range(2, 900)]
    digits = next(nine for nine in numbers if identity_codes.check_character(nine).isdigit())
    code = f"{digits[:6]}-{digits[6:]}{identity_codes.check_character(digits)}"
    identity_codes._all.cache_clear()
    arabic = code.translate({ord("0") + n: chr(0x660 + n) for n in range(10)})
    assert identity_codes.identity_codes_in(code) == identity_codes.identity_codes_in(arabic) == [(0, 11)]
    with pytest.raises(ValidationError) as refused:
        TypeAdapter[str](Line).validate_python(f"Patient {code}")
    assert said(refused) == ("contains what looks like a Finnish personal identity code: leave it out and send again")


def test_a_leap_day_is_one_of_its_own_century() -> None:
    digits = "290204" + "248"
    code = f"290204A248{identity_codes.check_character(digits)}"
    assert identity_codes.identity_codes_in(code) == [(0, 11)]
    of_1900 = f"290200-248{identity_codes.check_character('290200248')}"
    assert identity_codes.identity_codes_in(of_1900) == []
    of_2000 = f"290200A248{identity_codes.check_character('290200248')}"
    assert identity_codes.identity_codes_in(of_2000) == [(0, 11)]
    of_1904 = f"290204-248{identity_codes.check_character(digits)}"
    assert identity_codes.identity_codes_in(of_1904) == [(0, 11)]
    of_1896 = f"290296+248{identity_codes.check_character('290296248')}"
    assert identity_codes.identity_codes_in(of_1896) == [(0, 11)]
    of_1801 = f"290201+248{identity_codes.check_character('290201248')}"
    assert identity_codes.identity_codes_in(of_1801) == []
    of_1998 = f"290298-248{identity_codes.check_character('290298248')}"
    assert identity_codes.identity_codes_in(of_1998) == []


def model(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(GOOD) | changes


def faults(of: dict[str, Any]) -> list[tuple[Any, ...]]:
    with pytest.raises(ValidationError) as refused:
        OperatingModel.model_validate(of)
    return [(error["loc"], error["type"], error["msg"]) for error in refused.value.errors()]


def test_a_fault_has_a_kind_of_its_own_and_ladders_are_called_ladders() -> None:
    of = model()
    of["ladders"]["triage"]["reminders"] = [{"after": "0s", "to": "desk"}, {"after": "1s", "to": "desk"}]
    assert faults(of) == [
        (
            ("ladders", "triage", "reminders", 0, "after"), "fault",
            "0:00:00 does not lie between the start and due_after (1:00:00)",
        )
    ]  # fmt: skip
    of = model()
    of["ladders"]["triage"]["overdue_every"] = "1min"
    assert OperatingModel.model_validate(of).ladders["triage"].overdue_every == timedelta(minutes=1)
    with pytest.raises(ValidationError) as refused:
        ladders._sound(OperatingModel.model_validate(GOOD).ladders["triage"].model_copy(
            update={"due_after": timedelta(0)}))  # fmt: skip
    assert refused.value.title == "Ladder"


def test_deputies_stand_in_only_where_wanted() -> None:
    known = OperatingModel.model_validate(GOOD)
    assert known.holders(("desk",), deputies=True) == ("desk", "boss")
    assert known.holders(("desk",), deputies=False) == ("desk",)


def test_the_rules_take_over_everything_that_decides() -> None:
    own = {
        "organisation": GOOD["organisation"]
        | {"language": "sv", "time_zone": "Europe/Mariehamn", "sector": "pharmacy"},
        "criteria_version": "kanta-fi-2019",
        "report": {"label_languages": ["fi", "sv"]},
        "switches": {"nis2": True},
        "breach": {"unavailability_after": "2h"},
        "notices": {"new_fault": "open"},
        "maintenance": {"overlong_after": "3h"},
        "watch": {"length": "5h"},
        "kela": {"phone": "1"},
        "unanswered": {"after": "2d", "at": 7, "weekly_on": "friday"},
    }
    whole = OperatingModel.model_validate(model(**own))
    assert whole.rules() == LocalRules(
        criteria_version="kanta-fi-2019",
        definitions=whole.definitions,
        ladders=whole.ladders,
        telling=whole.telling,
        watch_length=5 * HOUR,
        kela_phone="1",
        languages=("sv", "fi"),
        time_zone="Europe/Mariehamn",
        organisation="County",
        sector="pharmacy",
        switches=Switches(nis2=True),
        unavailability_after=2 * HOUR,
        notices=whole.notices,
        maintenance=whole.maintenance,
        digests=Digests(after=timedelta(days=2), at=7, weekly_on="friday", time_zone="Europe/Mariehamn"),
    )
    assert (whole.notices.new_fault, whole.maintenance.overlong_after) == ("open", 3 * HOUR)


def test_groups_of_the_points_of_a_break_must_be_there() -> None:
    points = {"first": {"groups": ["a"]}, "second": {"groups": ["a", "x"]}}
    assert [tuple(entry) for entry in dangling(model(maintenance={"points": points}))] == [
        (("maintenance", "points", "second", "groups", 1), "no contact is in group 'x'")
    ]


def test_roles_in_reminders_and_in_alarms_must_be_held() -> None:
    of = model()
    of["ladders"] = {
        "triage": {"reminders": [{"to": "desk"}, {"to": "management"}], "overdue_to": ["desk", "operations"]},
        "report_to_kela": {"overdue_to": ["management"]},
        "phone_kela": {},
    }
    del of["roles"]["duty_officer"]
    assert [tuple(entry) for entry in dangling(of)] == [
        (
            ("ladders", "triage", "reminders", 1, "to"),
            "nobody holds the role 'management': say under roles.management who does",
        ),
        (
            ("ladders", "triage", "overdue_to", 1),
            "nobody holds the role 'operations': say under roles.operations who does",
        ),
        (
            ("ladders", "phone_kela", "overdue_to", 1),
            "nobody holds the role 'duty_officer': say under roles.duty_officer who does",
        ),
    ]


def test_the_desk_is_needed_wherever_roles_are_named() -> None:
    assert [tuple(entry) for entry in dangling({"roles": {"management": {}}})] == [
        (("roles", "desk"), "is needed: what nobody else answers for falls to the desk")
    ]
    assert dangling({"telling": {}}) == []
    assert [tuple(entry) for entry in dangling(model(criteria_version="x"))] == [
        (("criteria_version",), "'x' is not known: use one of kanta-en-current, kanta-fi-2019")
    ]


def of_kind(kind: str, **changes: Any) -> Arising:
    found = [duty for duty in duties_arising(facts(**changes), Switches(nis2=True)) if duty.kind == kind]
    assert len(found) == 1
    return found[0]


AUTHORITY = "notify_supervisory_authority"
NO_DETECTION = other_laws.NO_DETECTION.format(counted="awareness")


def test_doubts_are_noted_where_there_are_some_and_only_there() -> None:
    doubts = (
        duties.NO_ROLE, duties.NO_NOTIFIER, duties.NO_ASSESSMENT, duties.AGREE_WHO_INFORMS,
        NO_DETECTION,
    )  # fmt: skip

    def noted(kind: str, **changes: Any) -> list[str]:
        note = of_kind(kind, **changes).note
        return [doubt for doubt in doubts if doubt in note]

    assert noted(AUTHORITY) == []
    assert noted(AUTHORITY, risk=None) == [duties.NO_ASSESSMENT]
    assert noted(AUTHORITY, role=None) == [duties.NO_ROLE]
    assert noted(AUTHORITY, role="joint_controller") == [duties.NO_NOTIFIER]
    assert noted(AUTHORITY, role="joint_controller", is_notifier_agreed=True) == []
    assert noted("inform_data_subjects", risk="high") == []
    assert noted("inform_data_subjects", risk="high", role="joint_controller", other_notifier="Kela") == [
        duties.AGREE_WHO_INFORMS
    ]
    assert noted("nis2_early_warning", nis2_significant=True) == []
    assert noted("nis2_early_warning", nis2_significant=True, detected_at=None) == [NO_DETECTION]
    both = of_kind(AUTHORITY, role=None, risk=None).note
    assert f"{duties.NO_ROLE} {duties.NO_ASSESSMENT}" in both
    assert "XX" not in both


def test_whose_record_and_whose_notice_it_is() -> None:
    own, processors = of_kind("document_breach"), of_kind("document_breach", role="processor")
    assert own.basis != processors.basis
    unnamed = of_kind("notify_controller", role="processor")
    assert unnamed.recipient == "the controller (not named yet)"
    assert unnamed.verified == of_kind("notify_controller", role="processor", controllers=("A",)).verified
    once = [d for d in duties_arising(facts(role="processor", controllers=("A  b", "a B")), Switches())
            if d.kind == "notify_controller"]  # fmt: skip
    assert [duty.subject for duty in once] == ["A  b"]


def test_a_way_to_reach_an_authority_is_noted_where_none_is_known_and_only_there() -> None:
    assert "Åland" not in of_kind(AUTHORITY).note
    found = duties_arising(facts(significant_deviation=True), Switches(significant_deviation=True))
    (deviation,) = [duty for duty in found if duty.kind == "report_deviation"]
    assert "Its route for significant deviations was not found" in deviation.note
    assert of_kind("notify_controller", role="processor").verified


def test_a_law_is_in_force_from_its_first_day_in_the_organisations_zone() -> None:
    detected = {"detected_at": datetime(2025, 4, 7, 22, 0, tzinfo=UTC), "nis2_significant": True}  # 8.4. in Helsinki
    kinds = [
        {duty.kind for duty in duties_arising(facts(**detected, time_zone=zone), Switches(nis2=True))}
        for zone in ("Europe/Helsinki", "Europe/Lisbon")
    ]
    assert ["nis2_early_warning" in found for found in kinds] == [True, False]


def test_months_and_days_of_a_breach_are_those_of_the_organisations_zone() -> None:
    told = datetime(2026, 1, 31, 22, 30, tzinfo=UTC)  # 1 February in Helsinki, still 31 January in Lisbon
    known = {"nis2_significant": True, "detected_at": datetime(2026, 1, 29, tzinfo=UTC)}
    late = known | {"met_at": {"nis2_notification": told}}
    assert of_kind("nis2_final_report", **late).due_at == datetime(2026, 2, 28, 22, 30, tzinfo=UTC)
    lisbon = of_kind("nis2_final_report", **late, time_zone="Europe/Lisbon")
    assert lisbon.due_at == datetime(2026, 2, 28, 22, 30, tzinfo=UTC)
    october = known | {"met_at": {"nis2_notification": datetime(2026, 9, 30, 22, 30, tzinfo=UTC)}}
    assert of_kind("nis2_final_report", **october).due_at == datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert of_kind("nis2_final_report", **october, time_zone="Europe/Lisbon").due_at == datetime(
        2026, 10, 30, 23, 30, tzinfo=UTC
    )


def test_a_notice_as_it_was_published() -> None:
    raw = RawNotice(guid="g", title="Häiriö Potilastiedon arkistossa", text="Arkisto ei toimi.", link="l",
                    published_at=NOON)  # fmt: skip
    read = as_told(raw, read_notice(raw, NOON))
    assert (read.guid, read.link, read.text, read.published_at) == ("g", "l", "Arkisto ei toimi.", NOON)
    assert read.services == ("PDR",)
    untold = RawNotice(guid="g", title="Häiriö")
    bare = as_told(untold, read_notice(untold, NOON))
    assert (bare.text, bare.link, bare.published_at) == ("", "", None)


def test_a_title_of_two_telling_words_is_enough_to_end_a_fault() -> None:
    def notice(kind: Any, title: str) -> Notice:
        return Notice(guid=kind, title=title, kind=kind)

    assert open_faults([notice("fault", "Kirjautuminen apteekeissa"), notice("end", "Kirjautuminen apteekeissa")]) == ()
    assert len(open_faults([notice("fault", "Kirjautuminen"), notice("end", "Kirjautuminen")])) == 1


def test_the_forms_words_and_what_it_still_needs() -> None:
    kind, words = next(iter(FORM.words.items()))
    value, word = next(iter(words.items()))
    assert (FORM.word(kind, value), FORM.word(kind, None), FORM.word(kind, "of tomorrow")) == (word, "", "")
    assert {field.section for field in criterion_fields("kanta-en-current")} == {"criteria"}
    values = {field.id: "x" for field in FORM.fields}
    report = ReportFacts(type="new", made_at=NOON, noticed_at=NOON)
    needed = [field for field in FORM.fields if field.must == "always"]
    assert missing_fields(values, report) == ()
    assert missing_fields({}, report)[: len(needed)] == tuple(needed)
    assert missing_fields(values | {needed[0].id: "  "}, report) == (needed[0],)
    del values[needed[0].id]
    assert missing_fields(values, report) == (needed[0],)
