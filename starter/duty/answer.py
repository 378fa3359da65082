"""Answering a decision that waits for another person: of the incident or of the breach, whichever has asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from temporalio.client import Client

from starter.client.client import breach_status_of, status_of, talk
from starter.client.lookup import BOTH
from starter.client.names import Process
from starter.language.moments import written
from starter.language.words import _
from starter.sending.send import deliver, drafted
from starter.terminal.errors import NotThere, Wrong
from starter.terminal.output import say
from workflows.process.second_person.decision import TwoPersonDecision

Waiting = list[tuple[Process, TwoPersonDecision]]


def answered(answer: str, typed: Mapping[str, Any]) -> BaseModel:
    """Answer the decision that was typed, or the only one that waits; the new status of its process."""

    async def conversation(client: Client) -> BaseModel:
        waiting = await _waiting(client, typed["ref"], typed["process"])
        process, decision = the_one_meant(waiting, typed)

        def complete(fields: dict[str, Any], _typed: dict[str, Any]) -> None:
            fields |= {"decision": decision.id, "answer": answer}

        draft = drafted("decision_answer", typed, complete, process)
        if not typed["as_json"]:
            facts = {"who": decision.asked_by, "when": written(decision.asked_at), "reason": decision.reason}
            say(_("{who} asked at {when}: {what}. Reason: {reason}", what=_what(decision), **facts))
        return await deliver(client, draft, process)

    return talk(lambda client, _settings: conversation(client))


def the_one_meant(waiting: Waiting, typed: Mapping[str, Any]) -> tuple[Process, TwoPersonDecision]:
    """The decision that was typed, or the only one. Raises ``NotThere``, ``Wrong``."""
    wanted = typed.get("decision")
    found = [(process, each) for process, each in waiting if wanted in (None, each.id)]
    named = ", ".join(f"{each.id} ({process}: {_what(each)})" for process, each in waiting)
    if not waiting:
        raise NotThere(_("nothing waits for another person in {ref}", ref=typed["ref"]))
    if not found:
        facts = {"wanted": wanted, "ref": typed["ref"], "named": named}
        raise NotThere(_("no decision {wanted} waits for another person in {ref}; waiting: {named}", **facts))
    if len(found) > 1:
        said = _("several wait for another person; say which one: {named}", named=named)
        raise Wrong(f"--decision, --process: {said}")
    return found[0]


def _what(decision: TwoPersonDecision) -> str:
    """What is to be done."""
    match decision.message:
        case "cancellation":
            return _("cancel")
        case "conclusion":
            return _("conclude")
        case _other:
            return _("waive duty '{duty}'", duty=decision.duty)


async def _waiting(client: Client, reference: str, process: Process | None) -> Waiting:
    """What waits in the incident and in the breach of a reference."""
    found: Waiting = []
    missing: list[NotThere] = []
    for whose in [process] if process else BOTH:
        try:
            ask = breach_status_of if whose == "breach" else status_of
            status = await ask(client, reference)
        except NotThere as reason:
            missing.append(reason)
        else:
            found += [(whose, each) for each in status.two_person_decisions if each.is_open]
    if len(missing) == (1 if process else len(BOTH)):
        raise missing[0]
    return found
