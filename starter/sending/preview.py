"""A mass mailing, shown before it goes: how many it tells and by which way, and one letter of each kind to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from activities.mail.wording import worded
from activities.operating_model.file import recipients_of
from activities.text_messages.wording import text_worded
from starter.client.names import Process
from starter.language import names
from starter.language.names import contact
from starter.language.words import _, n_
from workflows.incident.foretold import foretold
from workflows.incident.record import IncidentRecord
from workflows.incident.refusals import further_refusal
from workflows.incident.refusals import refusal as incident_refusal
from workflows.maintenance.foretold import foretold_of_break, told_at_once
from workflows.maintenance.messages import MaintenanceOpening
from workflows.maintenance.record import MaintenanceRecord
from workflows.maintenance.refusals import refusal as maintenance_refusal
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import Message
from workflows.process.ports import Audience, Letter, Recipient
from workflows.process.record import Record
from workflows.process.telling.letters import letter_about, text_about
from workflows.process.telling.text_messages import TextMessage

KEY = "preview"
MOST_NAMED = 8
"""Contacts that are named before it goes; a group has hundreds in a large organisation."""


class Example(NamedTuple):
    """One of several messages that read the same but for the contact's id. ``others``: how many more."""

    to: str
    others: int
    channel: str
    language: str
    subject: str
    text: str


class Preview(NamedTuple):
    """What would go."""

    groups: tuple[str, ...]
    """Empty where those are told who were told before."""
    recipients: tuple[Recipient, ...]
    examples: tuple[Example, ...]
    drill: bool
    returned: tuple[str, ...] = ()
    """Contacts among them to whose address mail came back."""
    doubted: tuple[str, ...] = ()
    """Others among them whose details are to be confirmed."""

    def count(self, channel: str) -> int:
        """How many messages go by a way."""
        return sum(each.channel == channel for each in self.recipients)

    def in_words(self) -> str:
        """What would go, in one line."""
        groups = (self._who() or "; ".join(map(names.told, self.groups))) if self.groups else ""
        in_groups = " " + n_("in {n} group ({groups})", "in {n} groups ({groups})", len(self.groups), groups=groups)
        if not self.recipients:
            return _("Tells nobody: there is no contact{in_groups}.", in_groups=in_groups if groups else "")
        mails, texts = self.count("email"), self.count("text_message")
        ways = [
            words
            for number, words in (
                (mails, n_("{n} recipient by mail", "{n} recipients by mail", mails)),
                (texts, _("{n} by text message", n=texts)),
            )
            if number
        ]
        told = _("Tells {ways}{in_groups}.", ways=", ".join(ways), in_groups=in_groups if groups else "")
        before = _("Tells {ways}: those who were told before.", ways=", ".join(ways))
        drill = " " + _("It is a drill: nothing leaves the house.") if self.drill else ""
        returned = "; ".join(map(contact, self.returned))
        back = (
            " " + _("Mail came back from {returned}: tell them in another way.", returned=returned) if returned else ""
        )
        return f"{told if groups else before}{drill}{back}{self._unconfirmed()}{self._in_their_manner()}"

    def _who(self) -> str:
        """Who is told, by name; of many the first few, and how many more."""
        told = [*dict.fromkeys(contact(each.contact) for each in self.recipients)]
        more = [_("and {n} more", n=len(told) - MOST_NAMED)] if len(told) > MOST_NAMED else []
        return "; ".join([*told[:MOST_NAMED], *more])

    def _in_their_manner(self) -> str:
        """Who is told by other channels first, and who is told later where it may wait, for the same line."""
        by_channels = self._named(
            each for each in self.recipients if each.manner and each.manner.channels != ("email",)
        )
        later = self._named(each for each in self.recipients if each.manner and each.manner.holds_back)
        said = " " + _("By other channels too: {who}.", who=by_channels) if by_channels else ""
        return said + (" " + _("Later, where it may wait: {who}.", who=later) if later else "")

    @staticmethod
    def _named(recipients: Iterable[Recipient]) -> str:
        told = [*dict.fromkeys(contact(each.contact) for each in recipients)]
        more = [_("and {n} more", n=len(told) - MOST_NAMED)] if len(told) > MOST_NAMED else []
        return "; ".join([*told[:MOST_NAMED], *more])

    def _unconfirmed(self) -> str:
        """Whose details nobody has confirmed, for the same line."""
        if not self.doubted:
            return ""
        doubted = "; ".join(map(contact, self.doubted))
        return " " + _("Not confirmed (kantadesk contacts list): {doubted}.", doubted=doubted)

    def with_doubted(self, contacts: Iterable[str]) -> Preview:
        """The same, with who of those who are told has details that are to be confirmed."""
        told = {each.contact for each in self.recipients} - {*self.returned}
        return self._replace(doubted=() if self.drill else tuple(each for each in contacts if each in told))

    def with_returned(self, contacts: Iterable[str]) -> Preview:
        """The same, with who of those who get mail had mail come back."""
        mailed = {each.contact for each in self.recipients if each.channel == "email"}
        return self._replace(returned=() if self.drill else tuple(each for each in contacts if each in mailed))

    def as_json(self) -> dict[str, Any]:
        """The same for other programs."""
        return {
            "recipients": len({each.contact for each in self.recipients}),
            "mail": self.count("email"),
            "text_message": self.count("text_message"),
            "groups": list(self.groups),
            "drill": self.drill,
            "returned": list(self.returned),
            "doubted": list(self.doubted),
            "examples": [each._asdict() for each in self.examples],
        }


def refused_now(carried: dict[str, Any], said: Message, at: datetime, process: Process) -> str | None:
    """Why the process would not take the message now; None where it would."""
    if process == "maintenance":
        return maintenance_refusal(MaintenanceRecord.model_validate(carried), said, at)
    record = IncidentRecord.model_validate(carried)
    return incident_refusal(record, said, at) or further_refusal(record, said)


def incident_preview(carried: dict[str, Any], said: Message, model: OperatingModel, at: datetime) -> Preview | None:
    """What a message to an incident would tell its groups; None where it tells them nothing."""
    rules = model.rules()
    if (telling := foretold(IncidentRecord.model_validate(carried), said, rules, at)) is None:
        return None
    groups = getattr(rules.telling, telling.point), getattr(rules.telling, f"{telling.point}_text", ())
    mailed = telling.record.told_here(telling.kind, groups[0])
    texted = telling.record.told_here(telling.kind, groups[1], by_text=True)
    if groups != (mailed, texted) and not (mailed or texted):  # another incident of the same fault tells them all
        return None
    found = tuple(recipients_of(Audience(groups=mailed, text_groups=texted), model))
    examples = _examples(telling.record, telling.kind, telling.facts, found, model=model, at=at)
    return Preview(tuple(dict.fromkeys((*mailed, *texted))), found, examples, telling.record.drill)


def maintenance_preview(carried: dict[str, Any], said: Message, model: OperatingModel, at: datetime) -> Preview | None:
    """What a message to a planned break would tell now; None where it tells nobody anything."""
    if (telling := foretold_of_break(MaintenanceRecord.model_validate(carried), said, at)) is None:
        return None
    looked_up = [each for audience in telling.audiences for each in recipients_of(audience, model)]
    found = (*telling.recipients, *looked_up)
    groups = tuple(dict.fromkeys(group for audience in telling.audiences for group in audience.groups))
    examples = _examples(telling.record, telling.kind, telling.facts, found, model=model, at=at)
    return Preview(groups, found, examples, telling.record.drill)


def planned_preview(opening: MaintenanceOpening, model: OperatingModel, at: datetime) -> Preview | None:
    """What a break that is planned now would tell at once; None where nothing is due yet."""
    audiences = told_at_once(opening, model.rules(), at)
    if not audiences:
        return None
    groups = tuple(dict.fromkeys(group for audience in audiences for group in audience.groups))
    found = tuple(dict.fromkeys(each for audience in audiences for each in recipients_of(audience, model)))
    return Preview(groups, found, (), opening.drill)


def _examples(
    record: Record, kind: str, facts: dict[str, Any], found: Sequence[Recipient], *, model: OperatingModel, at: datetime
) -> tuple[Example, ...]:
    """One example of all messages that read the same."""
    rules, told = model.rules(), facts | {"is_mailing": True}
    alike: dict[str, list[Letter | TextMessage]] = {}
    for each in found:
        message: Letter | TextMessage = (
            text_about(record, kind, each, told, key=KEY)
            if each.channel == "text_message"
            else letter_about(record, rules, kind, each.contact, told | each.letter_facts(), key=KEY, at=at)
        )
        alike.setdefault(f"{type(message).__name__} {message.model_copy(update={'contact': ''})!r}", []).append(message)
    return tuple(_example(same[0], len(same) - 1, model) for same in alike.values())


def _example(message: Letter | TextMessage, others: int, model: OperatingModel) -> Example:
    if isinstance(message, TextMessage):
        text = text_worded(message, model)
        return Example(message.contact, others, "text_message", message.language, "", text)
    wording = worded(message, model)
    return Example(message.contact, others, "email", message.language, wording.subject, wording.body)
