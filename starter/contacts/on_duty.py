"""Who is on duty by the rotas that the operating model of this machine names, in the words of the command line."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from starter.language import names
from starter.language.moments import said_back, short
from starter.language.words import Texts, _, spoken

if TYPE_CHECKING:
    from activities.rota.rotas import RoleRota
    from workers.settings import Settings
    from workflows.procedure.contacts.rota import OnDuty

ROLE_NAMES: Texts = {
    "desk": "desk", "duty_officer": "duty officer", "management": "management", "communications": "communications",
    "data_protection_officer": "data protection officer", "operations": "operations",
}  # fmt: skip
STANDINGS: Texts = {
    "on_duty": "on duty", "overlap": "OVERLAP", "unmatched": "SOMEBODY WHO IS NO CONTACT", "gap": "GAP: NOBODY",
    "unread": "NOT KNOWN",
}  # fmt: skip


async def rotas_here(settings: Settings, at: datetime) -> list[RoleRota]:
    """The rotas at a moment; none where the operating model can't be used, or names none. Nothing is kept here."""
    from starter.client.configuration import operating_model
    from workers.mail import rotas

    model = operating_model(settings)
    if model is None or not any(held.rota for held in model.roles.values()):
        return []
    return await rotas(settings, keeps=False).of(model, at)


def duties_here(settings: Settings, at: datetime) -> list[OnDuty]:
    """Who is on duty at a moment, in each role that a rota holds."""
    return [each.on_duty() for each in asyncio.run(rotas_here(settings, at))]


def role_named(role: str) -> str:
    """A role in the language in force."""
    return names.name(ROLE_NAMES, role)


def people_named(contacts: tuple[str, ...]) -> str:
    """Contacts by their names."""
    return "; ".join(names.contact(contact) for contact in contacts)


def sentence(duty: OnDuty) -> str:
    """Who is on duty in a role now and until when, or that nobody knows; then who is told."""
    role = role_named(duty.role)
    if not duty.contacts:
        why = names.name(STANDINGS, duty.standing)
        told = people_named(duty.told)
        return _("On duty, {role}: {why}; alarms go to everybody in the role ({told})", role=role, why=why, told=told)
    facts = {"role": role, "who": people_named(duty.contacts)}
    if duty.until is None:
        return _("On duty, {role}: {who}", **facts)
    then = people_named(duty.then)
    if not then:
        return _("On duty, {role}: {who} until {until}", **facts, until=said_back(duty.until))
    return _("On duty, {role}: {who} until {until}, then {then}", **facts, until=said_back(duty.until), then=then)


def trouble(duty: OnDuty) -> str:
    """That the calendar can't be read now, and how old the copy is that is used; empty where it can."""
    if not duty.problem:
        return ""
    from workflows.procedure.watchdog.rota_reasons import rota_reason

    facts = {"role": role_named(duty.role), "why": rota_reason(duty.problem, spoken())}
    if duty.read_at is None:
        return _("Look at this: the rota of {role} {why}; there is no copy of it", **facts)
    return _("Look at this: the rota of {role} {why}; as read {moment}", **facts, moment=short(duty.read_at))


def said(duties: list[OnDuty]) -> list[str]:
    """What stands below a list: a line a role, and what is wrong with its calendar."""
    return [line for duty in duties for line in (sentence(duty), trouble(duty)) if line]
