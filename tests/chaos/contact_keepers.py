"""People who keep up the contacts while everything breaks, and the account of what the review made of it.

Each answers for one contact. In each round somebody finds its details wrong; whoever answers for it must be asked at
once, by one letter; in some rounds nobody answers until a reminder has come; then the details are confirmed. The review
has no end: after the last round it is asked how it stands, and everything acknowledged must be there.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError

from tests.chaos.checker import Account
from tests.chaos.crowd import PATIENCE
from tests.chaos.histories import Course
from tests.chaos.house import House
from tests.chaos.letter_box import Accepted
from tests.chaos.letters_check import in_a_shadow
from tests.chaos.patience import until, while_it_fails
from tests.chaos.short_clocks import address, owners
from workflows.contacts.messages import ContactReviewStatus
from workflows.process.ids import CONTACT_REVIEW_ID

REMINDED = 0.4
"""The part of the rounds in which nobody answers before the reminder."""
PAUSE = (1.0, 9.0)
"""Seconds between two rounds of one of them."""
ASKED, REMINDER = "contacts_to_verify", "reminder"


class Round(NamedTuple):
    """One time that a contact's details were found wrong. ``duty``: by which its owner was asked."""

    contact: str
    duty: str
    is_reminded: bool


@dataclass
class Keepers:
    """They say things until they are acknowledged. ``said``: the id and the kind of each message."""

    house: House
    seed: str
    rounds: list[Round] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def review(self) -> WorkflowHandle[Any, ContactReviewStatus]:
        """The process; there is one in every installation."""
        return self.house.client.get_workflow_handle(CONTACT_REVIEW_ID, result_type=ContactReviewStatus)

    async def keep(self, *, rounds: int) -> None:
        """Each so many rounds, all of them beside each other."""
        await asyncio.gather(*(self._keep(contact, rounds) for contact in owners()))

    async def _keep(self, contact: str, rounds: int) -> None:
        chance = random.Random(f"{self.seed}/keeper of {contact}")  # noqa: S311  # to be repeated, not to be secret
        for number in range(rounds):
            await asyncio.sleep(chance.uniform(*PAUSE))
            await self._one_round(contact, number, is_reminded=chance.random() < REMINDED)

    async def _one_round(self, contact: str, number: int, *, is_reminded: bool) -> None:
        await self._say(
            f"{contact}-wrong-{number}", "wrong_details", contact=contact, channel="phone", note="No answer."
        )
        await self._until(lambda status: self._duty(status, contact) != "")
        duty = self._duty(await self.status(), contact)
        if is_reminded:
            await self._until(lambda status: any((m.purpose, m.duty) == (REMINDER, duty) for m in status.messages))
        await self._say(f"{contact}-right-{number}", "confirmation", contact=contact)
        await self._until(lambda status: self._duty(status, contact) == "")
        self.rounds.append(Round(contact, duty, is_reminded))

    async def status(self) -> ContactReviewStatus:
        """How the review stands, however often asking fails."""
        return await while_it_fails(lambda: self.review.query("status", result_type=ContactReviewStatus))

    async def _until(self, holds: Callable[[ContactReviewStatus], bool]) -> None:
        async def is_so() -> bool:
            return holds(await self.status())

        await until(is_so)

    async def _say(self, token: str, message: str, **facts: str) -> None:
        said = {"by": "desk", "event_id": token, **facts}

        async def once() -> None:
            try:
                await self.review.execute_update(message, said, id=token)
            except WorkflowUpdateFailedError as refused:
                raise AssertionError(f"the review refuses {message}: {refused.cause}") from refused

        await while_it_fails(once)
        self.said[token] = message

    @staticmethod
    def _duty(status: ContactReviewStatus, contact: str) -> str:
        """The duty by which somebody is asked about a contact now."""
        return next((each.duty for each in status.contacts if each.contact == contact), "")

    async def settled(self) -> ContactReviewStatus:
        """How it stands once its letters have gone, or patience has ended."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self._until(lambda status: not letters_of(self.rounds) - recorded_in(status))
        return await self.status()


def letters_of(rounds: Sequence[Round]) -> Counter[tuple[str, str, str]]:
    """The letters that must go: purpose, contact, duty. A reminder that an answer may have come before is not here."""
    must: Counter[tuple[str, str, str]] = Counter()
    for each in rounds:
        owner = owners()[each.contact]
        must[ASKED, owner, each.duty] += 1
        if each.is_reminded:
            must[REMINDER, owner, each.duty] += 1  # the owner first; deputies, desk and management only later
    return must


def recorded_in(status: ContactReviewStatus) -> Counter[tuple[str, str, str]]:
    """The letters of its record."""
    return Counter((m.purpose, m.to, m.duty or "") for m in status.messages)


def reckon_contacts(
    keepers: Keepers, status: ContactReviewStatus, course: Course, accepted: Sequence[Accepted],
    shadows: Sequence[tuple[float, float, str]], account: Account,
) -> None:  # fmt: skip
    """What the review made of it goes into the account."""
    name = CONTACT_REVIEW_ID
    account.lost += [
        f"{name}: {message} ({token}) was acknowledged and is not in its history"
        for token, message in keepers.said.items()
        if token not in course.answered
    ]
    came = len(course.answered) + sum(course.signals.values())  # the desk's, and what the watchdog asks
    taken = status.applied_count + status.repeated_count + status.rejected_count
    if came != taken:
        account.lost.append(f"{name}: {came} messages came, {taken} are in the record")
    account.status += [f"{name}: {each.contact} is still asked about" for each in status.contacts if each.duty]
    account.duties += [f"{name}: duty {duty.id} is {duty.state}" for duty in status.duties if duty.state != "met"]
    of_rounds = Counter(each.duty for each in keepers.rounds)
    account.duties += [f"{name}: duty {duty} asked {n} rounds" for duty, n in of_rounds.items() if n > 1]
    if missing := set(of_rounds) - {duty.id for duty in status.duties}:
        account.duties.append(f"{name}: duties {', '.join(sorted(missing))} are gone")
    _letters(keepers, status, accepted, shadows, account)
    account.count("rounds of contacts", len(keepers.rounds))


def _letters(
    keepers: Keepers, status: ContactReviewStatus, accepted: Sequence[Accepted],
    shadows: Sequence[tuple[float, float, str]], account: Account,
) -> None:  # fmt: skip
    """Each that must go was accepted once, and no other one but a reminder that an answer came with."""
    must = letters_of(keepers.rounds)
    may = Counter((REMINDER, owners()[each.contact], each.duty) for each in keepers.rounds if not each.is_reminded)
    recorded = recorded_in(status)
    account.lost += [f"{CONTACT_REVIEW_ID}: no {' '.join(letter)}" for letter in (must - recorded).elements()]
    account.doubled += [
        f"{CONTACT_REVIEW_ID}: nobody expects {' '.join(letter)}" for letter in (recorded - must - may).elements()
    ]
    tries: dict[str, list[Accepted]] = defaultdict(list)
    for letter in accepted:
        if letter.incident == CONTACT_REVIEW_ID:
            tries[letter.message_id].append(letter)
    for message in status.messages:
        came = tries.pop(message.id, [])
        said = f"{CONTACT_REVIEW_ID}: {message.purpose} to {message.to}"
        if not came:
            account.lost.append(f"{said} was never accepted")
        if any(letter.to != address(message.to) for letter in came):
            account.lost.append(f"{said} went somewhere else")
        if len(came) > 1:
            is_explained = all(in_a_shadow(letter, shadows) for letter in came[:-1])
            (account.in_the_window if is_explained else account.doubled).append(f"{said} came {len(came)} times")
    account.doubled += [f"{CONTACT_REVIEW_ID}: {came[0].subject} is in no record" for came in tries.values()]
