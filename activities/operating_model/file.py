"""The organisation's operating model as a file that may be edited while the desk is at work."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from pydantic import ValidationError
from temporalio import activity

from activities.edited_file import edited_text, stamp_of
from activities.operating_model.faults import Fault, OperatingModelFault, syntax_fault, value_faults
from activities.operating_model.toml_lines import key_lines
from activities.rota.rotas import Rotas
from workflows.procedure.duties import Role
from workflows.procedure.maintenance.rules import Channel
from workflows.procedure.operating_model.model import ClearMessages, LocalRules, OperatingModel
from workflows.procedure.operating_model.people import RoleHolders
from workflows.procedure.operating_model.references import dangling
from workflows.process.ports import Audience, ContactBook, LocalRulebook, Recipient
from workflows.process.sealed.asking import NOBODY, Asking

__all__ = ["OperatingModelFault", "OperatingModelFile", "load_operating_model"]

_log = logging.getLogger(__name__)
MAX_BYTES = 1_000_000


def load_operating_model(path: Path) -> OperatingModel:
    """The operating model in a file. Raises ``OperatingModelFault``, which lists every fault with its line."""
    text = _text(path)
    try:
        contents = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise OperatingModelFault(path, [syntax_fault(str(fault), text)]) from fault
    except RecursionError as fault:
        raise OperatingModelFault(path, [Fault(1, "", "is nested too deeply")]) from fault
    try:
        return OperatingModel.model_validate(contents, extra="forbid")
    except ValidationError as refused:
        raise OperatingModelFault(path, value_faults(refused, dangling(contents), key_lines(text))) from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise OperatingModelFault(path, [Fault(1, "", f"can't be read: {fault.strerror}")]) from fault
    if len(content) > MAX_BYTES:
        raise OperatingModelFault(path, [Fault(1, "", "is larger than 1 MB: is this the right file?")])
    try:
        return edited_text(content)
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise OperatingModelFault(path, [Fault(line, "", "is not UTF-8: save the file as UTF-8")]) from fault


class OperatingModelFile(LocalRulebook, ContactBook):
    """The rulebook and the contact book of one file; ``clear_messages``: the setting, which goes along with the rules.

    An invalid file is refused at the start with ``OperatingModelFault``. One that becomes invalid later is not taken:
    the last valid one holds, and ``problem`` says why (empty while all is well).
    """

    def __init__(self, path: Path, clear_messages: ClearMessages = "harmless", rotas: Rotas | None = None) -> None:
        self.path, self._rotas = path, rotas
        self._clear_messages = clear_messages
        self.problem = ""
        self._reading = Lock()
        self._stamp = stamp_of(path)
        self._model = load_operating_model(path)

    def current(self) -> OperatingModel:
        """The operating model as it stands now."""
        with self._reading:  # letters are made in threads: nobody gets the old model while another one reads the new
            stamp = stamp_of(self.path)
            if stamp != self._stamp:
                self._stamp = stamp
                self._take()
            return self._model

    def _take(self) -> None:
        try:
            self._model, self.problem = load_operating_model(self.path), ""
            _log.info("operating model: the changed file is in force")
        except OperatingModelFault as fault:
            self.problem = str(fault)
            # The faults quote the file, which names people: only their lines are logged.
            lines = ", ".join(str(fault.line) for fault in fault.faults)
            _log.warning("operating model: the changed file is not valid (lines %s); the last valid one holds", lines)

    @activity.defn(name="rules_in_force")
    async def rules_in_force(self, asked: Asking = NOBODY) -> LocalRules:  # noqa: ARG002  # sealed, and no more
        """The rules as they stand now."""
        return self.current().rules().model_copy(update={"clear_messages": self._clear_messages})

    @activity.defn(name="who_is_told")
    async def who_is_told(self, audience: Audience) -> list[Recipient]:
        """The contacts of an audience as they stand now; of a role with a rota whoever is on duty when it is told."""
        model = self.current()
        if self._rotas is None or not audience.roles:
            return recipients_of(audience, model)
        roles = [role if role in model.roles else "desk" for role in audience.roles]
        on_duty = await self._rotas.told(model, roles, _told_at(audience))
        return recipients_of(audience, model, on_duty)


def _told_at(audience: Audience) -> datetime:
    """When they are told: as the process asked, and as much later as its question has waited for a worker."""
    asked = audience.at or datetime.now(UTC)  # noqa: TID251  # an activity: what an earlier release asked bears no time
    info = activity.info() if activity.in_activity() else None
    return asked + (max(info.started_time - info.scheduled_time, timedelta(0)) if info else timedelta(0))


def recipients_of(
    audience: Audience, model: OperatingModel, on_duty: Mapping[Role, tuple[str, ...]] | None = None
) -> list[Recipient]:
    """Whom an audience means, each once a way: groups in the file's order, roles, those named, deputies, by text.

    ``on_duty``: who is told of the roles that a rota holds.
    """
    named = tuple(contact for contact in audience.contacts if contact in model.contacts)
    told = (*model.members(audience.groups), *_of_roles(audience, model, on_duty or {}), *named)
    recipients = [_recipient(model, each, audience.channel) for each in dict.fromkeys(told)]
    recipients += _deputies(named, model, audience.channel) if audience.deputies else []
    by_text = [_recipient(model, each, "text_message") for each in model.members(audience.text_groups)]
    known = {(each.contact, each.channel) for each in recipients}
    return recipients + [each for each in by_text if (each.contact, each.channel) not in known]


def _of_roles(audience: Audience, model: OperatingModel, on_duty: Mapping[Role, tuple[str, ...]]) -> Iterator[str]:
    """Who holds the roles, or is on duty in them; with those who stand in, where deputies are wanted."""
    for role in audience.roles:
        told = on_duty.get(role if role in model.roles else "desk")
        if told is None:
            yield from model.holders((role,), deputies=audience.deputies)
            continue
        yield from told
        if audience.deputies:
            yield from _for_those_on_duty(told, model.roles[role if role in model.roles else "desk"], model)


def _for_those_on_duty(told: tuple[str, ...], held: RoleHolders, model: OperatingModel) -> Iterator[str]:
    """Who stands in for those on duty: their own deputies, else those of the role, else everybody else in it."""
    own = [deputy for contact in told for deputy in model.contacts[contact].deputies]
    yield from own or held.deputies or held.contacts


def _deputies(named: tuple[str, ...], model: OperatingModel, channel: Channel) -> list[Recipient]:
    """The deputies of some contacts, each once, with those for whom they stand in."""
    for_whom: dict[str, tuple[str, ...]] = {}
    for contact in named:
        for deputy in _deputies_of(contact, model):
            for_whom[deputy] = (*for_whom.get(deputy, ()), contact)
    return [
        _recipient(model, deputy, channel).model_copy(update={"stands_in_for": absent})
        for deputy, absent in for_whom.items()
    ]


def _deputies_of(contact: str, model: OperatingModel) -> tuple[str, ...]:
    """Who stands in for a contact: its own deputies; where it has none, those of the roles that it holds."""
    of_roles = [deputy for held in model.roles.values() if contact in held.contacts for deputy in held.deputies]
    named = model.contacts[contact].deputies or tuple(of_roles)
    return tuple(dict.fromkeys(each for each in named if each != contact))


def _recipient(model: OperatingModel, contact: str, channel: Channel) -> Recipient:
    """Somebody to tell by the way that is wanted, or by e-mail where the contact has no other."""
    entry = model.contacts[contact]
    return Recipient(
        contact=contact,
        language=entry.language,
        channel=channel if entry.text_message else "email",
        sector=model.sector_of(contact),
        for_citizens=model.speaks_for_us(contact),
        manner=model.manner_of(contact),
    )
