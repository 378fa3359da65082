"""English texts that a process, a worker or the rules have written, said in the language in force.

A process writes its refusals and its timeline in English, once and for all: they stand in its history and are replayed.
Here they are recognised by the lines of ``heard.txt`` and said in the reader's language. What stands in such a text (a
name, a moment, another such text) is said so, too; a text that is not known is shown as it was written.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from starter.language.fields import fields, ids, in_text
from starter.language.words import _, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOMENT = re.compile(
    r"(?P<weekday>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}) "
    r"(?P<clock>\d{2}:\d{2})(?: \((?P<offset>[+-]\d{2}:\d{2})\))?"
)
"""As ``workflows.procedure.local_time`` writes one."""
UNVERIFIED = " (unverified)"
"""Behind a rule that nobody has checked."""
_PLACE = re.compile(r"\{(\w+)\}")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_AN_ID = "[a-z0-9][a-z0-9_-]*"
_A_MOMENT = re.sub(r"\?P<\w+>", "?:", MOMENT.pattern)
_WITH_LOW_LINES = re.compile("[a-z]+(?:_[a-z]+)+")
_OF_ITS_KIND = {
    "contact": _AN_ID,
    "groups": rf"{_AN_ID}(?:, {_AN_ID})*",
    "instruction": r"\S+",
    "duty_id": r"triage(?:-\d+)?|[a-z0-9]+(?:_[a-z0-9]+)+(?:-[\w.-]+)?",
    "number": r"(?=\S*\d).+?",
    "paper": "authority notification|controller notice|kela notice|letter to subjects",
    "ended_as": "closed|cancelled|completed|watch|handling",
    "letter": "(?:start|end|change|cancelled|reminder|overdue|instruction|breach|maintenance|decision)[a-z ]*?",
    "field": "[a-z]+(?:_[a-z0-9]+)*",
    "starts": _A_MOMENT,
    "ends": _A_MOMENT,
}
"""Places of a text that hold nothing but this, so that what a person has written is not taken for a text of ours."""
_A_DUTY = re.compile(r"(?<=[Dd]uty ')[^']+(?=')|(?<=acknowledged )[a-z0-9_-]+")
_CRITERIA = re.compile(r"(?<=criteria met or not ruled out: )[a-z_]+(?:, [a-z_]+)*")


def heard(text: str) -> str:
    """The text in the language in force, as far as it is known; fields that it names are called by their names."""
    said = heard_with_ids(text)
    return said if spoken() == "en" else in_text(said)


def heard_with_ids(text: str) -> str:
    """The same, with fields by their ids: for who goes on to call them by their options."""
    if spoken() == "en" or not text:
        named = _A_DUTY.sub(lambda found: duty(found[0]) or found[0], text)
        return moments_in(_CRITERIA.sub(lambda found: _criteria(found[0]), named))
    return "\n".join(_line(line) for line in text.split("\n"))


def system_says(fault: OSError) -> str:
    """Why the system has refused something, in the language in force."""
    return heard(fault.strerror or str(fault))


def _line(line: str) -> str:
    bare = line.strip()
    if not bare:
        return line
    said = fields(bare) if all(each in ids() for each in bare.split(", ")) else _known(bare)
    if not said and _WITH_LOW_LINES.fullmatch(bare):
        said = _known(bare.replace("_", " "))
    return line.replace(bare, said) if said else moments_in(line)


def _known(text: str) -> str | None:
    """A text by its pattern, else by its sentences; None where it is not known."""
    if text.endswith(UNVERIFIED) and (known := _known(text.removesuffix(UNVERIFIED))):
        return f"{known} {_(UNVERIFIED.strip())}"
    for pattern, key in _patterns():
        if found := pattern.fullmatch(text):
            return _(key, **_facts(found.groupdict())) if found.groupdict() else _(key)
    if text in ids():
        return text
    for mark in (". ", "; ", ": ", ", "):
        first, between, rest = text.partition(mark)
        if between and (known := _known(first) or (_known(f"{first}.") or "").removesuffix(".")):
            return f"{known}{between}{heard_with_ids(rest)}"
    first, between, rest = text.rpartition("; ")
    known_last = _known(rest) if between else None
    return f"{heard_with_ids(first)}{between}{known_last}" if known_last else None


def _facts(found: Mapping[str, str]) -> dict[str, str]:
    return {name: _of_a_list(name, value) or _fact(value) for name, value in found.items()}


def _of_a_list(place: str, value: str) -> str | None:
    """What stands in a place that has ids of one list: criteria, roles and groups, a state; None where it has none."""
    from starter.language import names

    def of_a_state(value: str) -> str | None:
        return next((_(known[value]) for known in (names.MESSAGE_STATES, names.DUTY_STATES) if value in known), None)

    def of_contacts(value: str) -> str | None:
        said = "; ".join(map(names.contact, value.split(", ")))
        return said if said != value else None

    said_as: dict[str, Callable[[str], str | None]] = {
        "criteria": _criteria,
        "day": _day,
        "whom": lambda value: "; ".join(map(names.told, value.split(", "))),
        "groups": lambda value: "; ".join(map(names.told, value.split(", "))),
        "field": fields,
        "fields": fields,
        "guid": lambda value: value.removeprefix("maintenance-"),
        "planned": lambda value: value.removeprefix("maintenance-"),
        "process": names.named_process,
        "notified": names.recipient,
        "source": lambda value: names.name(names.SOURCES, value),
        "state": of_a_state,
    } | dict.fromkeys(("contact", "told", "waiting", "missing", "to", "who"), of_contacts)
    return said_as[place](value) if place in said_as else None


def _day(written: str) -> str | None:
    """A day as people write it; None where it is written otherwise."""
    found = _ISO_DAY.fullmatch(written)
    return f"{int(found[3])}.{int(found[2])}.{found[1]}" if found else None


def _criteria(ids: str) -> str:
    from starter.language.names import criteria

    return criteria(ids.split(", "))


def _fact(value: str) -> str:
    return duty(value) or _services().get(value) or heard_with_ids(value)


def duty(duty_id: str) -> str | None:
    """The name of a duty by its id, which may go on after a dash: ``triage-2``; None where it is no duty's."""
    from activities.documents.text import WORDS, word

    kind = duty_id.partition("-")[0]
    return word("duty", kind, spoken()) if kind in WORDS["duty"] and kind != "other" else None


def _services() -> dict[str, str]:
    """The English names of the services, as processes write them, with those of the language in force."""
    from workflows.procedure.services import SERVICES

    return {each.name.en: each.name.in_(spoken()) for each in SERVICES.values()}


def moments_in(text: str) -> str:
    """The text with each moment in it as this language writes one."""
    return MOMENT.sub(_moment, text)


def _moment(found: re.Match[str]) -> str:
    from starter.language.moments import said_back, written
    from workflows.procedure.local_time import zone

    day, month, year = int(found["day"]), int(found["month"]), int(found["year"])
    hour, minute = map(int, found["clock"].split(":"))
    try:
        moment = datetime(year, month, day, hour, minute, tzinfo=zone())
    except ValueError:
        return found[0]
    offset = moment.strftime("%z")
    if found["offset"] and found["offset"] != f"{offset[:3]}:{offset[3:]}":
        moment = datetime.fromisoformat(f"{year}-{month:02}-{day:02}T{found['clock']}{found['offset']}")
    return said_back(moment) if found["weekday"] else written(moment)


def texts() -> list[str]:
    """What is recognised: one text a line, with what varies in braces."""
    return resources.files("starter.language").joinpath("heard.txt").read_text(encoding="utf-8").splitlines()


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is recognised; the most words first, since a text with few words of its own fits more than it means."""
    by_words = sorted(texts(), key=lambda key: len(_PLACE.sub("", key)), reverse=True)
    return tuple((_pattern(key), key) for key in by_words)


def _pattern(key: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts: list[str] = []
    at = 0
    for place in _PLACE.finditer(key):
        parts.append(re.escape(key[at : place.start()]))
        name = place[1]
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{_OF_ITS_KIND.get(name, '.+?')})")
        seen.add(name)
        at = place.end()
    return re.compile("".join(parts) + re.escape(key[at:]))
