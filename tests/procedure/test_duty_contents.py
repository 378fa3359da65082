"""How a duty is met on a day: to whom, by which way, on whose form, with what in it, and whether it is checked."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.procedure.authorities import authority
from workflows.procedure.duty_contents import contents_of, directions

TODAY = date(2026, 11, 22)


def test_the_notification_to_the_authority_in_whole() -> None:
    found = directions("notify_supervisory_authority", TODAY)
    office = authority("data_protection", TODAY)
    assert found
    assert found.recipient == office.name
    assert found.recipient.en == "Office of the Data Protection Ombudsman"
    assert found.routes == office.routes
    assert found.form is None, "its own form"
    assert [item.en for item in found.contents] == [
        "what happened, with categories and approximate numbers of persons and records",
        "the contact details of the data protection officer",
        "the likely consequences",
        "the measures taken and planned",
    ]
    assert found.is_checked


def test_the_cybersecurity_notice_goes_to_the_supervisor_on_the_form_of_traficom() -> None:
    found = directions("nis2_early_warning", TODAY)
    assert found
    assert (found.recipient, found.form) == (
        authority("nis2_health", TODAY).name, authority("nis2_form", TODAY).name
    )  # fmt: skip
    assert found.recipient.en == "Finnish Supervisory Agency (LVV)"  # type: ignore[union-attr]  # it was compared above
    assert found.form.en.startswith("Finnish Transport and Communications Agency Traficom")  # type: ignore[union-attr]
    assert found.routes == ()
    assert not found.is_checked


def test_who_is_told_and_how_is_that_of_the_day() -> None:
    old, new = (directions("report_device_hazard", on) for on in (date(2019, 12, 31), date(2020, 1, 1)))
    assert old
    assert new
    assert [found.recipient.en.partition(" ")[0] for found in (old, new) if found.recipient] == ["Valvira", "Finnish"]
    assert (len(old.routes), len(new.routes)) == (0, 2)
    assert (old.contents, new.contents) == ((), ()), "the list is that of the Act of 2021"
    assert directions("report_device_hazard", date(2021, 7, 19)).contents  # type: ignore[union-attr]  # a rule is known


def test_a_recipient_that_is_no_authority_has_no_way_in_the_directory() -> None:
    found = directions("inform_data_subjects", TODAY)
    assert found
    assert (found.recipient, found.routes, found.form) == (None, (), None)
    assert found.contents[0].sv == "vad som hände, på ett klart och enkelt språk"
    assert found.is_checked


@pytest.mark.parametrize(
    ("kind", "is_checked"),
    [
        ("notify_kela_of_breach", True),
        ("document_breach", True),
        ("notify_controller", False),  # the rule is verified, what the notice holds is not
        ("report_deviation", False),  # the recipient is verified, the rule is not
        ("cer_first_notice", False),
    ],
)
def test_all_is_checked_only_where_each_part_is(kind: str, is_checked: bool) -> None:
    found = directions(kind, TODAY)
    assert found
    assert found.is_checked is is_checked


def test_a_day_before_the_law_loses_neither_the_duty_nor_its_words() -> None:
    found = directions("nis2_early_warning", date(2019, 6, 1))
    assert found
    assert (found.recipient, found.form, found.routes, found.contents) == (None, None, (), ()), "nobody is made up"
    assert not found.is_checked, "the newest rule stands in, as far as it was checked"


def test_of_kinds_that_no_law_knows_nothing_is_said() -> None:
    assert directions("triage", TODAY) is None
    assert contents_of("triage", TODAY) is None
    assert contents_of("document_breach", TODAY) is None


def test_what_a_report_holds_begins_with_its_law() -> None:
    assert contents_of("nis2_notification", date(2025, 4, 7)) is None
    begun = contents_of("nis2_notification", date(2025, 4, 8))
    assert begun
    assert begun.kinds == ("nis2_notification",)
