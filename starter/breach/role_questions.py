"""Whose data are they? The question that decides whom the organisation has to tell."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, get_args

from pydantic import AfterValidator

from starter.language.heard import heard
from starter.language.names import ROLES
from starter.language.words import Texts, _, spoken
from starter.terminal import prompts
from workflows.procedure.breach.roles import WORDS, contradictions, expected_role
from workflows.procedure.breach.terms import ControllerRole
from workflows.procedure.dated import in_words
from workflows.procedure.deadlines import hours_in_words
from workflows.procedure.local_time import local
from workflows.procedure.model import Line, NeededLine, NeededText
from workflows.procedure.operating_model.mail_address import UnusableAddress, usable
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import SERVICES, Sector

EXPLAINED: Texts = {
    "controller": "the data of our own patients or clients: we notify the authority",
    "joint_controller": "shared with Kela (Prescription Centre, Data Management Service): we agree who notifies",
    "processor": "we hold them for somebody else: we tell each controller, and don't weigh the risk",
}
NOT_AGREED = "not_agreed"
WHO: Texts = {"us": "us", "another": "another", NOT_AGREED: "not agreed"}
WHO_MEANS: Texts = {
    "us": "we notify the authority within the time",
    "another": "the other one does; you make sure that it was done",
    NOT_AGREED: "it is ours until it is agreed",
}


def _address(text: str) -> str:
    try:
        return text and usable(text)
    except UnusableAddress as fault:
        raise ValueError(_("The address {fault}.", fault=heard(str(fault)))) from None


_ADDRESS = Annotated[str, AfterValidator(_address)]


def ask_role(fields: dict[str, Any], model: OperatingModel | None) -> None:
    """Ask for the role, with what is expected of it, and for what follows from it."""
    if not fields.get("role"):
        prompts.tell("\n" + _("What is your organisation for these data?"), strong=True)
        expected = _tell_expected(_registers(fields), _day(fields), _sector(model))
        roles: tuple[ControllerRole, ...] = get_args(ControllerRole)
        fields["role"] = prompts.choice(
            _("Its number or word"),
            {role: ROLES[role] for role in roles},
            expected.pop() if len(expected) == 1 else None,
            means=EXPLAINED,
        )
    tell_contradictions(fields, model)
    if fields["role"] == "processor" and not fields.get("controllers"):
        fields["controllers"] = _ask_controllers()
    if fields["role"] == "joint_controller" and "joint_notifier" not in fields:
        fields |= _ask_notifier(_moment(fields["aware_at"]))


def tell_contradictions(fields: dict[str, Any], model: OperatingModel | None) -> None:
    """Say what does not fit between the role, the services and the day."""
    for sentence in contradictions(fields["role"], _registers(fields), _day(fields), sector=_sector(model)):
        prompts.tell("  " + _("Look at this: {sentence}", sentence=heard(sentence)))


def _registers(fields: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(register for register in fields["registers"] if register in SERVICES)


def _day(fields: dict[str, Any]) -> date:
    return local(_moment(fields["aware_at"])).date()


def _sector(model: OperatingModel | None) -> Sector:
    return model.organisation.sector if model else "healthcare"


def _moment(given: Any) -> datetime:
    return given if isinstance(given, datetime) else datetime.fromisoformat(given)


def _tell_expected(registers: tuple[Any, ...], on: Any, sector: Sector) -> set[str]:
    """Say what is expected for each register on that day; the roles that are."""
    found: set[str] = set()
    for register in registers:
        name = SERVICES[register].name.in_(spoken())
        if position := expected_role(register, on, sector=sector):
            since = " " + _("since {day}", day=in_words(position.valid_from)) if position.valid_from else ""
            doubt = "" if position.verified else " " + _("(unverified)")
            prompts.tell(
                "     "
                + _(
                    "{name}: expected: {words}{since}{doubt}",
                    name=name,
                    words=_(WORDS[position.role]),
                    since=since,
                    doubt=doubt,
                )
            )
            found.add(position.role)
        else:
            prompts.tell("     " + _("{name}: nothing is known; your agreements decide", name=name))
    return found


def _ask_controllers() -> list[dict[str, str]]:
    prompts.tell(_("Each controller whose data you hold must be told. Name them one by one."))
    controllers: list[dict[str, str]] = []
    while name := prompts.text(_("Controller {n} (Enter: no more)", n=len(controllers) + 1), Line):
        email = prompts.text("  " + _("Its e-mail (Enter: not known)"), _ADDRESS)
        controllers.append({"name": name} | ({"email": email} if email else {}))
    if not controllers:
        prompts.tell("  " + _("Nobody is named: the duty has no recipient until you find out who it is."))
    return controllers


def _ask_notifier(aware_at: datetime) -> dict[str, str]:
    """Who notifies the authority: only "another", with a name and a reason, takes the law's hours from us."""
    hours = hours_in_words(aware_at)
    period = _("the {hours} hours", hours=hours) if hours else _("the time")
    prompts.tell(_("Joint controllers agree which of them notifies the authority (GDPR art. 26)."))
    who = prompts.choice(_("Who does, as agreed?"), WHO, NOT_AGREED, means=WHO_MEANS)
    if who == "us":
        return {"joint_notifier": "us"}
    if who == "another":
        name = prompts.text(_("Its name"), NeededLine)
        reason = prompts.text(_("Where is that agreed?"), NeededText)
        prompts.tell(
            _(
                "Then {name} has {period}, not you: you tell {name} at once, and make sure that it was done.",
                name=name,
                period=period,
            )
        )
        if prompts.agree(_("Is that agreed for certain?"), default=False):
            return {"joint_notifier": "other", "joint_notifier_name": name, "joint_notifier_reason": reason}
        prompts.tell(_("Then {period} are yours until you have agreed.", period=period))
        return {"joint_notifier": "us", "joint_notifier_name": name}
    prompts.tell(_("Then {period} are yours until you have agreed.", period=period))
    return {}
