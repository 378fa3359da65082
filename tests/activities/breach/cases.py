"""Three breaches as a service desk would tell them, with every paper that they need."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.activities.breach.builder import AWARE, TARGET, bare_status, duty, risk
from workflows.breach.messages import Awareness, BreachStatus, Controller, Notified
from workflows.breach.ports import BreachPaper

OFFICE = "Tietosuojavaltuutetun toimisto"
_KNOWN_SINCE = Awareness(aware_at=AWARE, recorded_at=AWARE, by="desk", deadline_from=AWARE)
PLAIN = {
    "plain_event": {
        "fi": "Meillä työskennellyt henkilö avasi potilastietojasi ilman, että hän osallistui hoitoosi.",
        "sv": "En person som arbetade hos oss öppnade dina patientuppgifter utan att delta i din vård.",
    },
    "plain_consequences": {
        "fi": "Hän on voinut nähdä lääkityksesi ja käyntisi. Emme tiedä, että hän olisi kertonut niistä kenellekään.",
        "sv": "Personen kan ha sett dina läkemedel och besök. Vi känner inte till att uppgifterna skulle ha spridits.",
    },
    "plain_measures": {
        "fi": "Poistimme häneltä pääsyn tietoihin, otimme lokit talteen ja teimme asiasta tutkintapyynnön poliisille.",
        "sv": "Vi tog bort personens åtkomst, säkrade loggarna och gjorde en begäran om utredning till polisen.",
    },
    "plain_advice": {
        "fi": "Voit pyytää meiltä lokitiedot tietojesi katselusta. Kerro meille, jos joku käyttää tietojasi väärin.",
        "sv": "Du kan be oss om uppgifter om vem som har sett dina uppgifter. Berätta för oss om någon missbrukar dem.",
    },
}


def controller(**changes: Any) -> BreachStatus:
    """Own patients' data, high risk: an employee has looked at records without a care relationship."""
    told: dict[str, Any] = {
        "reference": "INC-20261023-A7K2",
        "incident": "INC-20261023-A7K2",
        "role": "controller",
        "registers": ("PDR",),
        "kinds": ("unauthorised_access",),
        "description": "Työntekijän tunnuksella avattiin potilaskertomuksia ilman hoitosuhdetta kahtena iltana.",
        "place": "Keskussairaala, päivystys",
        "data": "Potilaskertomukset: käynnit ja lääkitys.",
        "first_noticed_at": AWARE - timedelta(hours=2),
        "awareness": (_KNOWN_SINCE,),
        "duties": (duty("notify_supervisory_authority", due_at=TARGET),),
        "authority": OFFICE,
    }
    return bare_status(**(told | changes))


def _assessed(**changes: Any) -> BreachStatus:
    logged = (
        Notified(to=OFFICE, at=AWARE + timedelta(hours=20), by="dpo", phase="preliminary", reference="TSV/4711/2026"),
    )
    told: dict[str, Any] = {
        "risk": "high",
        "risks": (
            risk(categories="Potilaita; potilaskertomuksia", subjects_estimate=40, records_estimate=112, **PLAIN),
        ),
        "notifications": logged,
        "measures": ("Työntekijän käyttöoikeudet on poistettu.",),
        "began_at": AWARE - timedelta(days=2),
        "cause": "Käyttöoikeus oli jäänyt voimaan, kun työtehtävä vaihtui.",
        "measures_before": "Käyttöoikeuksien hallinta, lokit ja niiden valvonta, henkilöstön koulutus.",
        "duties": (duty("inform_data_subjects"), duty("notify_supervisory_authority", due_at=TARGET, state="met")),
    }
    return controller(**(told | changes))


def _concluded() -> BreachStatus:
    before = _assessed()
    told = (
        Notified(to="data subjects", at=AWARE + timedelta(hours=66), by="dpo", detail="kirje: 38"),
        Notified(to="data subjects", at=AWARE + timedelta(hours=68), by="dpo", detail="puhelin: 2"),
    )
    duties = tuple(each.model_copy(update={"state": "met"}) for each in before.duties)
    return before.model_copy(
        update={
            "phase": "closed",
            "notifications": (*before.notifications, *told),
            "duties": duties,
            "conclusion": "Oikeuksien poisto liitettiin tehtävän vaihtoon. Opastusta lisättiin.",
        }
    )


def _found_at(number: int) -> datetime:
    return AWARE + timedelta(hours=24 if number > 2 else 0)


def processor(**changes: Any) -> BreachStatus:
    """Others' data: three controllers, of which the third was found later; the first has been told."""
    names = ("Pohjoinen hyvinvointialue", "Kustens välfärdsområde", "Apteekki Esimerkki Oy")
    told: dict[str, Any] = {
        "reference": "INC-20261023-P3X9",
        "role": "processor",
        "registers": ("PDR", "CDR"),
        "kinds": ("unauthorised_disclosure", "unavailability"),
        "description": "Siirtotiedosto lähetettiin väärään osoitteeseen, ja tiedot olivat yön poissa käytöstä.",
        "data": "Asiakas- ja potilastietojen siirtotiedosto.",
        "awareness": (_KNOWN_SINCE,),
        "controllers": tuple(Controller(name=name) for name in names),
        "cause": "Osoite oli kirjattu väärin.",
        "measures": ("Vastaanottaja on vahvistanut hävittäneensä tiedoston.",),
        "notifications": (Notified(to=names[0], at=AWARE + timedelta(hours=3), by="dpo"),),
        "duties": tuple(
            duty("notify_controller", id=f"notify_controller-{number}", recipient=name, opened_at=_found_at(number))
            for number, name in enumerate(names, 1)
        ),
    }
    return bare_status(**(told | changes))


def joint(**changes: Any) -> BreachStatus:
    """Prescription Centre, together with Kela: nothing is assessed yet, and we notify."""
    told: dict[str, Any] = {
        "reference": "INC-20261023-J5R1",
        "role": "joint_controller",
        "registers": ("PRESCRIPTION", "DMS"),
        "kinds": ("alteration",),
        "description": "Osa lääkemääräyksistä näkyi väärällä potilaalla.",
        "data": "Lääkemääräykset: lääke, annos, määrääjä.",
        "controllers": (Controller(name="Kela"),),
        "joint_notifier": "us",
        "first_noticed_at": AWARE - timedelta(minutes=35),
        "awareness": (_KNOWN_SINCE,),
        "duties": (duty("notify_supervisory_authority", due_at=TARGET), duty("notify_kela_of_breach")),
        "authority": OFFICE,
    }
    return bare_status(**(told | changes))


_JOINT_CAUSE: dict[str, Any] = {
    "began_at": AWARE - timedelta(hours=6),
    "place": "Terveysasemat, ajanvaraus",
    "cause": "Järjestelmän päivitys yhdisti kahden potilaan tietoja.",
    "measures_before": "Päivitysten testaus, lokit ja niiden valvonta.",
    "measures": ("Päivitys peruttiin.",),
}
_JOINT_RISK: dict[str, Any] = {
    "risk": "risk",
    "risks": (
        risk(
            risk="risk",
            reasons="Virhe huomattiin ennen kuin lääkkeitä luovutettiin. Lääkitystiedot ovat arkaluonteisia.",
            categories="Potilaita; lääkemääräyksiä",
            subjects_estimate=14,
            records_estimate=31,
            consequences="Lääkehoito on voinut viivästyä.",
            measures="Väärät lääkemääräykset mitätöitiin ja oikeat kirjattiin uudelleen.",
        ),
    ),
    "conclusion": "Päivitykset testataan tästä lähtien myös yhdistettyjen tietojen varalta.",
}


def _kela_notifies(*, told: bool = False, confirmed: bool = False) -> BreachStatus:
    """Kela, the other joint controller, notifies the authority: it was told, and has confirmed it, or not.

    What is known grows: the cause by the time Kela has been told, the risk by the time it has confirmed.
    """
    known = _JOINT_CAUSE if told else {}
    notice = duty("notify_controller", recipient="Kela")
    done = {"state": "met", "met_at": AWARE + timedelta(hours=5)}
    kela = duty("notify_kela_of_breach", recipient="Kela", **(done if told else {}))
    confirm = duty("confirm_joint_notification", recipient="Kela")
    if confirmed:
        notice = notice.model_copy(update=done)
        confirm = confirm.model_copy(
            update={"state": "met", "met_at": AWARE + timedelta(hours=30), "reference": "TSV/4712/2026"}
        )
    return joint(
        joint_notifier="other",
        joint_notifier_name="Kela",
        joint_notifier_reason="Sopimus yhteisrekisterinpidosta, kohta 4",
        duties=(notice, confirm, kela),
        notifications=(Notified(to="Kela", at=AWARE + timedelta(hours=5), by="dpo"),) if told else (),
        **known | (_JOINT_RISK if confirmed else {}),
    )


def _on_behalf() -> BreachStatus:
    """A processor that has notified the authority on behalf of its first controller; the third was found later."""
    name = "Pohjoinen hyvinvointialue"
    at = AWARE + timedelta(hours=20)
    made = Notified(
        to=OFFICE, at=at, by="dpo", phase="preliminary", reference="TSV/5000/2026", detail=f"on behalf of {name}"
    )
    before = processor()
    return before.model_copy(update={"notifications": (*before.notifications, made)})


def _paper(kind: str, status: BreachStatus, hours: float, **more: Any) -> BreachPaper:
    made_at = AWARE + timedelta(hours=hours)
    facts = {"key": "case", "reference": status.reference, "paper": kind, "status": status, "made_at": made_at}
    return BreachPaper.model_validate(facts | more)


PAPERS: dict[str, BreachPaper] = {
    "controller-authority-first": _paper("authority_notification", controller(), 1),
    "controller-authority-supplement": _paper("authority_notification", _assessed(), 25),
    "controller-authority-late": _paper("authority_notification", controller(), 72.1),
    "controller-authority-final": _paper("authority_notification", _concluded(), 90, phase="final"),
    "controller-persons": _paper("letter_to_subjects", _assessed(), 25),
    "controller-persons-standard": _paper("letter_to_subjects", _assessed(risks=(risk(),)), 25),
    "processor-first-controller": _paper("controller_notice", processor(), 6, controller="Pohjoinen hyvinvointialue"),
    "processor-later-controller": _paper("controller_notice", processor(), 30, controller="Apteekki Esimerkki Oy"),
    "joint-authority": _paper("authority_notification", joint(), 2),
    "joint-nothing-agreed": _paper("authority_notification", joint(joint_notifier=""), 2),
    "joint-kela": _paper("kela_notice", joint(), 2),
    "joint-other-notifies": _paper("controller_notice", _kela_notifies(), 2, controller="Kela"),
    "joint-other-supplement": _paper(
        "controller_notice", _kela_notifies(told=True), 25, controller="Kela", phase="supplementary"
    ),
    "joint-other-final": _paper(
        "controller_notice", _kela_notifies(told=True, confirmed=True), 90, controller="Kela", phase="final"
    ),
    "joint-kela-other-notifies": _paper("kela_notice", _kela_notifies(told=True, confirmed=True), 90, phase="final"),
    "processor-on-behalf": _paper(
        "controller_notice", _on_behalf(), 30, controller="Pohjoinen hyvinvointialue", phase="supplementary"
    ),
}
"""Every paper of the three cases, by name."""
