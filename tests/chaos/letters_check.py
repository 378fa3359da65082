"""Whether every letter that should go was accepted, and only those, and each once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tests.chaos.clocks_check import Fired, letters_of
from tests.chaos.letter_box import Accepted
from tests.chaos.model import ExpectedIncident, arrival
from tests.chaos.records import Ended
from tests.chaos.short_clocks import address, members

TO_THE_MISSING = "instruction_reminder"
IN_DOUBT = "delivery of an earlier try is unknown"
"""How the record of a letter begins that may have gone twice."""
BY_A_CLOCK = ("reminder", "overdue", TO_THE_MISSING)


class Letters(NamedTuple):
    """What is wrong with the letters of a process. ``given_up``: not sent, because the next one was due."""

    lost: list[str]
    doubled: list[str]
    in_the_window: list[str]
    given_up: int


def letters_of_process(
    ended: Ended, fired: Sequence[Fired], accepted: Sequence[Accepted], shadows: Sequence[tuple[float, float, str]]
) -> Letters:
    """Hold the letters that should go against the record, and the record against the letter box."""
    status = ended.status
    wanted = Counter((what, to, "") for what, to in ended.expected.letters.elements()) + letters_of(list(fired))
    of_a_clock = [(m.purpose, m.to, m.duty or "") for m in status.messages if m.purpose in BY_A_CLOCK]
    others = [(m.purpose, m.to, "") for m in status.messages if m.purpose not in BY_A_CLOCK]
    recorded = Counter([*of_a_clock, *others])
    given_up = _given_up(ended, fired, wanted - recorded)
    must, may = to_the_missing(ended, fired)
    not_sent = may - recorded  # given up for the next one, or since its contact has answered
    perhaps = Counter((what, to, "") for what, to in ended.expected.perhaps.elements())
    lost = [f"{ended.name}: no {_said(letter)}" for letter in (wanted + must - recorded - given_up).elements()]
    unexpected = recorded - wanted - must - may - perhaps
    lost += [f"{ended.name}: nobody expects {_said(letter)}" for letter in unexpected.elements()]
    doubled: list[str] = []
    in_the_window: list[str] = []
    tries: dict[str, list[Accepted]] = defaultdict(list)
    for letter in accepted:
        tries[letter.message_id].append(letter)
    for message in status.messages:
        came = tries[message.id]
        if not came:
            lost.append(f"{ended.name}: {message.purpose} to {message.to} was never accepted")
        if any(letter.to != address(message.to) for letter in came):
            lost.append(f"{ended.name}: {message.purpose} to {message.to} went somewhere else")
        if len(came) > 1:
            is_explained = IN_DOUBT in message.detail and all(in_a_shadow(letter, shadows) for letter in came[:-1])
            where = in_the_window if is_explained else doubled
            where.append(f"{ended.name}: {message.purpose} to {message.to} was accepted {len(came)} times")
    return Letters(lost, doubled, in_the_window, given_up.total() + not_sent.total())


def to_the_missing(
    ended: Ended, fired: Iterable[Fired]
) -> tuple[Counter[tuple[str, str, str]], Counter[tuple[str, str, str]]]:
    """The reminders to those who had not acknowledged an instruction: those that must go, and those that may."""
    must: Counter[tuple[str, str, str]] = Counter()
    may: Counter[tuple[str, str, str]] = Counter()
    answers = ended.expected.answers if isinstance(ended.expected, ExpectedIncident) else {}
    for each in fired:
        is_daily = (
            each.alarm.is_digest and "management" not in each.alarm.roles
        )  # in digests they are asked once a week
        if is_daily or ended.expected.duties[each.duty].kind != "distribute_instruction":
            continue
        for contact in members("instruction"):
            said = answers.get(contact)
            answered_at = ended.course.arrived[arrival(said)][0] if said else None
            if answered_at is None or answered_at >= each.at:  # in one workflow task either may come first
                is_free = each.may_be_given_up or answered_at is not None
                (may if is_free else must)[TO_THE_MISSING, contact, each.duty] += 1
    return must, may


def strays(
    everybody: Iterable[Ended], given_up: Iterable[tuple[Ended, int]], accepted: Iterable[Accepted]
) -> list[str]:
    """Letters about these processes that no record knows, more than were given up (and may have gone all the same)."""
    known = {message.id for ended in everybody for message in ended.status.messages}
    of_whom = {ended.expected.life.reference for ended in everybody}
    unknown = Counter(a.incident for a in accepted if a.incident in of_whom and a.message_id not in known)
    excused: Counter[str] = Counter()
    for ended, count in given_up:
        excused[ended.expected.life.reference] += 2 * count
    return [f"{reference}: {n} letters came that no record knows" for reference, n in (unknown - excused).items()]


def _given_up(
    ended: Ended, fired: Iterable[Fired], missing: Counter[tuple[str, str, str]]
) -> Counter[tuple[str, str, str]]:
    """Which of the missing letters the process gave up, as it says itself and as its ladder lets it."""
    may_be = letters_of([each for each in fired if each.may_be_given_up])
    said = Counter(line.what.removeprefix("Problem: ") for line in ended.timeline if line.what.startswith("Problem: "))
    found: Counter[tuple[str, str, str]] = Counter()
    for (purpose, to, duty), number in (missing & may_be).items():
        found[purpose, to, duty] = min(number, said[f"{purpose} to {to}"])
    return found


def in_a_shadow(letter: Accepted, shadows: Iterable[tuple[float, float, str]]) -> bool:
    """Whether it came when its answer may have been lost."""
    return any(begins <= letter.answered and letter.at <= ends for begins, ends, _ in shadows)


def _said(letter: tuple[str, str, str]) -> str:
    purpose, to, duty = letter
    return f"{purpose} to {to}" + (f" ({duty})" if duty else "")
