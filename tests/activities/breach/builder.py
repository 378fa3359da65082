"""Breaches and their papers for the tests: an ordinary one, a hostile one, and parts to change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.activities.fault_report.builder import HOSTILE
from tests.activities.fault_report.builder import operating_model as reporting_model
from workflows.breach.messages import Awareness, BreachDeadlines, BreachStatus, Controller, Notified
from workflows.breach.ports import BreachPaper
from workflows.breach.risk import RiskDecision
from workflows.procedure.duties import DutyState
from workflows.procedure.operating_model.model import OperatingModel

AWARE = datetime(2026, 10, 23, 12, 40, tzinfo=UTC)
"""15:40 in Helsinki, two days before the autumn clock change."""
TARGET = AWARE + timedelta(hours=72)


def operating_model() -> OperatingModel:
    """The county of the fault reports, with a data protection officer and a name in each language."""
    plain = reporting_model().model_dump(mode="json")
    plain["organisation"]["names"] = {
        "sv": "Exempelbygdens välfärdsområde",
        "en": "Exampleshire wellbeing services county",
    }
    plain["organisation"]["units"] = {
        "sv": "Dataförvaltningen, användarstödet",
        "en": "IT administration, user support",
    }
    officer = {
        "name": "Tiina Tietosuoja",
        "email": "tietosuoja@esimerkkila.example",
        "phone": "+358 9 000 0002",
        "verified_on": "2026-11-01",
    }
    plain["contacts"]["dpo"] = officer
    plain["roles"]["data_protection_officer"] = {"contacts": ["dpo"]}
    return OperatingModel.model_validate(plain)


def risk(**changes: Any) -> RiskDecision:
    """A high risk, with estimates."""
    usual: dict[str, Any] = {
        "at": AWARE + timedelta(hours=5),
        "by": "dpo",
        "risk": "high",
        "reasons": "Lokissa on hakuja, joille ei ole hoitosuhdetta. Tiedot ovat arkaluonteisia.",
        "categories": "Potilaita; reseptitietoja",
        "subjects_estimate": 1200,
        "records_estimate": 3450,
        "consequences": "Lääkitystä koskevat tiedot ovat voineet päätyä ulkopuolisen tietoon.",
        "measures": "Käyttäjätunnus suljettiin ja lokit otettiin talteen.",
    }
    return RiskDecision.model_validate(usual | changes)


def duty(kind: str, **changes: Any) -> DutyState:
    """A legal duty of the breach, open."""
    usual = {"id": kind, "kind": kind, "recipient": "", "basis": "", "legal": True, "opened_at": AWARE}
    return DutyState.model_validate(usual | changes)


def status(**changes: Any) -> BreachStatus:
    """Unauthorised access to prescriptions, assessed as a high risk, notified once, persons not told yet."""
    usual: dict[str, Any] = {
        "reference": "BR-20261023-K3T9",
        "incident": "INC-20261023-A7K2",
        "phase": "notifying",
        "role": "joint_controller",
        "registers": ("PRESCRIPTION", "DMS"),
        "kinds": ("unauthorised_access", "unauthorised_disclosure"),
        "description": "Työntekijän tunnuksella on haettu reseptejä ilman hoitosuhdetta.\nKahtena iltana.",
        "place": "Keskussairaala, päivystys",
        "data": "Reseptit: lääke, annos, määrääjä. Ei yhteystietoja.",
        "aware_at": AWARE,
        "first_noticed_at": AWARE - timedelta(hours=2),
        "detected_at": None,
        "opened_at": AWARE + timedelta(minutes=20),
        "closed_at": None,
        "awareness": (Awareness(aware_at=AWARE, recorded_at=AWARE, by="desk", deadline_from=AWARE),),
        "deadlines": BreachDeadlines(target=TARGET, ceiling=TARGET, disputed_3_5=TARGET, note=""),
        "controllers": (Controller(name="Kela"), Controller(name="Toinen hyvinvointialue")),
        "joint_notifier": "Esimerkkilän hyvinvointialue",
        "risk": "high",
        "risks": (risk(),),
        "notifications": (
            Notified(
                to="authority", at=AWARE + timedelta(hours=20), by="dpo", phase="preliminary", reference="D 1/2026"
            ),
        ),
        "measures": ("Työntekijän käyttöoikeudet on poistettu.",),
        "conclusion": "",
        "duties": (duty("inform_data_subjects"), duty("notify_supervisory_authority", due_at=TARGET, state="met")),
        "documents": (),
        "messages": (),
        "rejected": (),
        "authority": "Tietosuojavaltuutetun toimisto",
        "drill": False,
    }
    return BreachStatus.model_validate(usual | changes)


def bare_status(**changes: Any) -> BreachStatus:
    """A breach of which only what must be known is known."""
    bare: dict[str, Any] = dict.fromkeys(("place", "data", "joint_notifier", "conclusion", "authority"), "")
    bare |= dict.fromkeys(("controllers", "risks", "notifications", "measures", "duties", "awareness"), ())
    return status(**(bare | {"incident": None, "first_noticed_at": None, "risk": None, "role": "controller"} | changes))


def hostile_status(**changes: Any) -> BreachStatus:
    """Everything that a stranger can write, at every place where a stranger can write; no identity code."""
    long = (HOSTILE + "\n# title\n= a | b\n| c | d |\n- e\n") * 40
    texts: dict[str, Any] = {
        "description": long[:8000],
        "place": HOSTILE,
        "data": "A" * 8000,
        "joint_notifier": HOSTILE,
        "conclusion": "\n" * 7000 + "x",
        "measures": (HOSTILE, "= not | a row", "## not a heading"),
        "controllers": (Controller(name=HOSTILE.replace("\ud800", "")[:100]),),
        "risks": (risk(reasons=HOSTILE, categories=HOSTILE, consequences=long[:8000], measures=HOSTILE, by=HOSTILE),),
        "notifications": (
            Notified(to=HOSTILE, at=TARGET + timedelta(hours=1), by=HOSTILE, phase="preliminary", delay_reason=HOSTILE),
            Notified(to="data_subjects", at=TARGET, by=HOSTILE, detail=HOSTILE),
        ),
        "duties": (duty("inform_data_subjects", state="waived", waived_reason=HOSTILE, recipient=HOSTILE),),
        "awareness": tuple(
            Awareness(
                aware_at=AWARE - timedelta(hours=h), recorded_at=AWARE, by="", reason=HOSTILE, deadline_from=AWARE
            )
            for h in range(3)
        ),
        "authority": HOSTILE,
    }
    return status(**(texts | changes))


def paper(**changes: Any) -> BreachPaper:
    """The first notification to the authority, two hours before the 72 hours end."""
    usual: dict[str, Any] = {
        "key": "breach-BR-20261023-K3T9/run/paper-1",
        "reference": "BR-20261023-K3T9",
        "paper": "authority_notification",
        "made_at": TARGET - timedelta(hours=2),
        "status": status(),
    }
    return BreachPaper(**(usual | changes))
