"""One table for each duty of the law: trigger, start, due, recipient, way, contents, source, flag; no dead link."""

from __future__ import annotations

import ast
import os
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from tests.legal.law_page import GOLDEN, ON, PAGE, ROOT, kinds, page, shown_by
from tests.procedure.breach.facts import AWARE, facts
from workflows.procedure.breach.duties import duties_arising
from workflows.procedure.breach.rules import RULES
from workflows.procedure.duties import DutyKind
from workflows.procedure.duty_contents import CONTENTS, directions
from workflows.procedure.operating_model.model import Switches

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DETECTED = AWARE - 5 * HOUR
TOLD = datetime(2026, 11, 21, 10, tzinfo=UTC)
ALL = Switches(significant_deviation=True, device_hazard=True, nis2=True, cer=True)


class Row(NamedTuple):
    """What must follow from the facts. ``starts`` and ``due`` as moments; ``ways``: how many are known."""

    kind: DutyKind
    facts: dict[str, Any]
    starts: datetime
    due: datetime
    recipient: str
    ways: int
    holds: str
    verified: bool


DPO, LVV = "Office of the Data Protection Ombudsman", "Finnish Supervisory Agency (LVV)"
MAKER = "the maker of the device, its representative, importer or distributor"
JOINT = {"role": "joint_controller", "other_notifier": "Kela"}
CER = "the supervisory authority under Act 310/2025 (not known here)"
TABLE = [
    Row("notify_supervisory_authority", {}, AWARE, AWARE + 72 * HOUR, DPO, 2, "likely consequences", True),
    Row(
        "notify_controller",
        {"role": "processor", "controllers": ("A",)},
        AWARE,
        AWARE + 24 * HOUR,
        "A",
        0,
        "became aware",
        True,
    ),
    Row("notify_controller", JOINT, AWARE, AWARE + 12 * HOUR, "Kela", 0, "became aware", False),
    Row("confirm_joint_notification", JOINT, AWARE, AWARE + 48 * HOUR, "Kela", 0, "data protection officer", False),
    Row(
        "notify_kela_of_breach",
        {"registers": ("DMS",)},
        AWARE,
        AWARE + 8 * HOUR,
        "Kela technical support (Kanta Services)",
        3,
        "no patient data",
        True,
    ),
    Row(
        "inform_data_subjects",
        {"risk": "high", "risk_assessed_at": TOLD},
        TOLD,
        TOLD + 48 * HOUR,
        "the data subjects",
        0,
        "plain language",
        True,
    ),
    Row("document_breach", {}, AWARE, AWARE + 30 * DAY, "the organisation's own breach register", 0, "", True),
    Row(
        "report_deviation",
        {"significant_deviation": True},
        DETECTED,
        DETECTED + 24 * HOUR,
        LVV,
        0,
        "the deviation",
        False,
    ),
    Row(
        "report_to_supplier",
        {"significant_deviation": True},
        DETECTED,
        DETECTED + 24 * HOUR,
        "the supplier of the system",
        0,
        "its version",
        False,
    ),
    Row(
        "report_device_hazard",
        {"device_hazard": "serious"},
        DETECTED,
        DETECTED + 10 * DAY,
        "Finnish Medicines Agency Fimea",
        2,
        "the hazard",
        False,
    ),
    Row(
        "report_device_hazard",
        {"device_hazard": "near_miss"},
        DETECTED,
        DETECTED + 30 * DAY,
        "Finnish Medicines Agency Fimea",
        2,
        "the hazard",
        False,
    ),
    Row(
        "report_to_supplier",
        {"device_hazard": "near_miss"},
        DETECTED,
        DETECTED + 30 * DAY,
        MAKER,
        0,
        "its version",
        False,
    ),
    Row("nis2_early_warning", {"nis2_significant": True}, DETECTED, DETECTED + 24 * HOUR, LVV, 0, "hostile act", False),
    Row(
        "nis2_notification",
        {"nis2_significant": True},
        DETECTED,
        DETECTED + 72 * HOUR,
        LVV,
        0,
        "indicators of compromise",
        False,
    ),
    Row(
        "nis2_final_report",
        {"nis2_significant": True, "met_at": {"nis2_notification": TOLD}},
        TOLD,
        TOLD + 30 * DAY,
        LVV,
        0,
        "likely cause",
        False,
    ),
    Row(
        "cer_first_notice",
        {"cer_significant": True},
        DETECTED,
        DETECTED + 24 * HOUR,
        CER,
        0,
        "area are affected",
        False,
    ),
    Row(
        "cer_final_report",
        {"cer_significant": True, "met_at": {"cer_first_notice": TOLD}},
        TOLD,
        TOLD + 30 * DAY,
        CER,
        0,
        "area are affected",
        False,
    ),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.kind} {row.due:%d.%m. %H}")
def test_each_duty_is_what_its_table_says(row: Row) -> None:
    found = [duty for duty in duties_arising(facts(**row.facts), ALL) if duty.kind == row.kind]
    assert len(found) == 1
    duty, way = found[0], directions(row.kind, ON)
    assert way
    assert (duty.counts_from, duty.due_at, duty.recipient) == (row.starts, row.due, row.recipient)
    assert len(way.routes) == row.ways
    assert row.holds in "; ".join(item.en for item in way.contents)
    assert duty.verified is row.verified
    assert duty.basis.endswith("(unverified)") is not row.verified


def test_every_kind_of_duty_has_its_row() -> None:
    assert {row.kind for row in TABLE} == set(kinds()) == set(shown_by())


def test_every_rule_and_every_list_of_contents_has_a_source() -> None:
    assert all(rule.source and rule.trigger for rule in RULES)
    assert all(entry.source and entry.items for entry in CONTENTS)


@pytest.mark.parametrize("kind", kinds())
def test_no_link_of_the_page_is_dead(kind: DutyKind) -> None:
    links = shown_by()[kind]
    for test in links.tests:
        file, _, name = test.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}, test
    assert links.line in (ROOT / GOLDEN / links.story).read_text(encoding="utf-8")


def test_the_page_is_what_the_rules_say() -> None:
    if os.environ.get("KANTADESK_RETELL"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "KANTADESK_RETELL=1 make test ARGS=tests/legal writes it"
