"""Fault reports and operating models for the tests of the form: an ordinary one, a hostile one, and parts to change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from workflows.incident.messages import Call, Decision, IncidentStatus
from workflows.incident.ports import FaultReport
from workflows.procedure.duties import DutyState
from workflows.procedure.incident.criteria import Answer
from workflows.procedure.notices.published import Notice
from workflows.procedure.operating_model.model import OperatingModel

NOTICED = datetime(2026, 11, 22, 6, 40, tzinfo=UTC)
CODE = "131052-308T"
"""The specimen that DVV prints in its own instructions."""

ANSWERS: dict[str, Answer] = {
    "prevents_or_slows": "yes",
    "localised_to_kela": "yes",
    "safety": "unknown",
    "privacy": "no",
    "locality_unsure_others_affected": "no",
    "outside_kanta_blocks_use": "no",
}
REASONS = {
    "prevents_or_slows": "Reseptejä ei voi allekirjoittaa eikä hakea missään yksikössä.",
    "localised_to_kela": "Oma järjestelmä toimii muuten; välittäjän mukaan virhe tulee Reseptikeskuksesta.",
    "safety": "Kiireellisten lääkkeiden saanti voi viivästyä.",
}
HOSTILE = (
    "NUL\x00 ESC\x1b[31m VT\x0b FF\x0c \ufffe\uffff \ud800 \u202eesrever\u202c zero\u200bwidth <w:p>&amp;</w:t> "
    "{{ 7*7 }} {% for x in y %} "
    "הודעת שגיאה رسالة خطأ \U0001f6a8\U0001f469\u200d\u2695\ufe0f z\u0338\u0337a\u0335lgo\r\nnew\rline"
)


def operating_model(**report: Any) -> OperatingModel:
    """A model of an imaginary county; ``report``: the section of that name."""
    ladder = {"due_after": "30min", "overdue_to": ["desk"]}
    definition = {"sv": "Definition", "en": "Definition"}
    return OperatingModel.model_validate(
        {
            "organisation": {
                "name": "Esimerkkilän hyvinvointialue",
                "business_id": "0000000-0",
                "oid": "1.2.246.537.6.202.999",
                "unit": "Tietohallinto, käyttötuki",
                "unit_oid": "1.2.246.537.6.202.999.1",
                "contact_person": "Kanta-päivystäjä",
                "call_back": "+358 9 000 0000",
                "email": "kantatuki@esimerkkila.example",
            },
            "systems": [
                {
                    "name": "Esimerkki-potilastieto",
                    "version": "24.2.1",
                    "supplier": "Esimerkki Oy",
                    "system_class": "A",
                    "connection_point": "Välittäjä Esimerkki",
                }
            ],
            "definitions": {
                "critical": {"fi": "potilashoito vaarantuu tai palvelu on kokonaan poissa käytöstä", **definition},
                "extensive": {"fi": "häiriö koskee vähintään kahta toimipaikkaa", **definition},
            },
            "contacts": {
                "desk": {
                    "name": "Käyttötuki",
                    "email": "desk@esimerkkila.example",
                    "phone": "+358 9 000 0001",
                    "groups": ["all"],
                    "verified_on": "2026-11-01",
                }
            },
            "roles": {"desk": {"contacts": ["desk"]}},
            "telling": {"start": ["all"], "change": ["all"], "end": ["all"], "instruction": ["all"]},
            "ladders": {"triage": ladder, "report_to_kela": ladder, "phone_kela": ladder},
            "report": report,
        }
    )


def status(**changes: Any) -> IncidentStatus:
    """A critical, extensive outage of the Prescription Centre, triaged, with one call that reached Kela."""
    decision = Decision(
        at=NOTICED + timedelta(minutes=12),
        by="desk",
        criteria_version="kanta-en-current",
        answers=ANSWERS,
        parts={"safety": {"suspected": "yes", "linked_to_kanta": "unknown"}},
        reasons=REASONS,
        criteria_met=("prevents_or_slows", "localised_to_kela", "safety"),
        severity="critical",
        extensive=True,
        locality="kela",
        report=True,
        why="criteria met",
    )
    called = NOTICED + timedelta(minutes=15)
    phone = "020 634 7787"
    usual: dict[str, Any] = {
        "reference": "INC-20261122-A7K2",
        "title": "Reseptikeskus ei vastaa",
        "phase": "handling",
        "severity": "critical",
        "extensive": True,
        "services": ("PRESCRIPTION", "PDR"),
        "noticed_at": NOTICED,
        "opened_at": NOTICED + timedelta(minutes=5),
        "triaged_at": NOTICED + timedelta(minutes=12),
        "resolved_at": None,
        "closed_at": None,
        "known_notice": None,
        "report_required": True,
        "criteria_met": decision.criteria_met,
        "criteria_version": "kanta-en-current",
        "decisions": (decision,),
        "duties": (),
        "calls": (
            Call(called_at=called, number=phone, by="M. Meikäläinen", reached=False),
            Call(
                called_at=called + timedelta(minutes=4),
                number=phone,
                by="M. Meikäläinen",
                reached=True,
                person="Kelan päivystäjä",
                reference="KELA-4711",
            ),
        ),
        "documents": (),
        "messages": (),
        "rejected": (),
        "breach": None,
        "drill": False,
    }
    return IncidentStatus.model_validate(usual | changes)


def decided(**changes: Any) -> tuple[Decision, ...]:
    """The usual triage with some of its fields changed."""
    return (status().decisions[0].model_copy(update=changes),)


def fault_report(**changes: Any) -> FaultReport:
    """The first report of that outage; ``status``: another state of the incident."""
    usual: dict[str, Any] = {
        "key": "incident-INC-20261122-A7K2/report-1",
        "reference": "INC-20261122-A7K2",
        "number": 1,
        "made_at": NOTICED + timedelta(minutes=20),
        "status": status(),
        "sector": "healthcare",
        "environment": "production",
        "reported_by": {"name": "Lääkäri Liisa", "unit": "Keskussairaala, päivystys", "phone": "", "email": ""},
        "description": "Reseptin tallennus ja haku epäonnistuvat kaikissa yksiköissä. Potilastietovaranto hidas.",
        "symptoms": "Allekirjoitus jää odottamaan noin 60 sekuntia ja päättyy virheeseen.",
        "error_message": "SOAP-ENV:Server\nRC-0501 Palvelu ei ole käytettävissä (HTTP 503)\nid 1.2.246.10.999.4711",
        "locality": "kela",
        "workaround": "Paperi- ja puhelinreseptit; kirjataan omaan potilastietojärjestelmään.",
        "notice_checked_at": NOTICED + timedelta(minutes=6),
        "measures": ("Yhteys tarkistettu välittäjältä.", "Sovelluspalvelimet käynnistetty uudelleen, ei vaikutusta."),
    }
    return FaultReport(**(usual | changes))


def hostile_report() -> FaultReport:
    """Everything that a stranger can write, at every place where a stranger can write."""
    lines = "\n".join(f"{HOSTILE} rivi {number}" for number in range(1000))
    return fault_report(
        key="hostile",
        status=status(
            title=HOSTILE,
            decisions=decided(reasons=dict.fromkeys(ANSWERS, HOSTILE)),
            duties=(
                DutyState(
                    id="report",
                    kind="report_to_kela",
                    recipient="Kela",
                    basis="",
                    opened_at=NOTICED,
                    reference=HOSTILE,
                ),
            ),
            known_notice=Notice(guid="1", title=HOSTILE, link="https://example.org/" + "a" * 300),
            breach="BR-1",
        ),
        reported_by={"unit": HOSTILE},
        description="A" * 1_000_000,
        symptoms=lines,
        error_message=HOSTILE,
        workaround=HOSTILE,
        measures=(HOSTILE, "<script>" * 40),
    )
