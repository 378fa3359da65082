"""What a notice is about, by what its title and its text say, and how sure that is.

The title weighs most. Where title and text speak against each other, or where words for a fault stand beside somebody
else's system, the answer is the likelier one, and not certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from workflows.procedure.notices.names import names_a_service
from workflows.procedure.notices.text import Sentence, Sentences
from workflows.procedure.notices.vocabulary import Said, says

NoticeKind = Literal["fault", "change", "end", "correction", "maintenance", "other"]

_STATES: tuple[Said, ...] = (
    "fault", "fails", "break", "now", "ongoing", "partial", "reopened", "ended", "over", "planned", "update",
    "called_off", "moved", "correction", "repeat", "past", "noise", "exercise", "local", "local_in_text", "dependency",
    "attack", "repair", "concerns", "privacy", "taken_back", "began",
)  # fmt: skip
_OF_FAULTS: tuple[Said, ...] = ("fault", "fails", "ongoing", "partial", "reopened", "ended", "break")
_COURSE: tuple[tuple[NoticeKind, tuple[Said, ...]], ...] = (
    ("fault", ("reopened",)),
    ("change", ("ongoing", "partial")),
    ("end", ("ended",)),
)
"""What is told of a fault, in the order in which it counts."""
_BEGINS: tuple[Said, ...] = ("fault", "fails", "break")
_OF_COURSE: tuple[Said, ...] = ("reopened", "ongoing", "partial", "ended")
KINDS_SAID: tuple[Said, ...] = _STATES[: _STATES.index("noise")]
"""What tells the kind of a notice, and so does not tell which fault it is about."""
_NOT_AHEAD: dict[Said, str] = {"called_off": "called off", "moved": "moved", "ended": "over"}
_KANTA = re.compile(r"\bkan(?:ta|na)")
_AGAIN = re.compile(r"(?:taas|jälleen|igen|åter|again)$")
_NOT_WHOLLY = re.compile(
    r"\b(?:ajoittain|välillä|hetkittäin|toisinaan|tilapäisesti|huomenna|ylihuomenna|vasta|tidvis|ibland|tillfälligt|i morgon|först"  # noqa: E501  # one pattern or sentence
    r"|at times|intermittently|temporarily|occasionally|tomorrow|from time to time)\b"
)
_CONDITION = re.compile(r"^(?:jos|mikäli|om|ifall|if|in case)\b")


@dataclass(frozen=True)
class KindRead:
    """The kind of a notice with the phrases that decided, and what speaks against acting on it."""

    kind: NoticeKind
    because: str
    doubts: tuple[str, ...] = ()
    is_repeat: bool = False
    by_text: bool = False
    """The title tells of a fault at most: that it goes on or has ended stands in the text only."""
    is_break: bool = False
    """Nothing but a break is told, neither a fault nor planned work: its times tell which."""
    fails_only: bool = False
    """No fault is named, only what does not work: with its times ahead, that is planned work."""
    updated: str = ""
    """The word that says that a fault's notice was updated, though not what the news is."""


@dataclass(frozen=True)
class _Said:
    """Which states some sentences tell, each with the first phrase that tells it."""

    found: dict[Said, str] = field(default_factory=dict)
    of_kanta: frozenset[Said] = frozenset()
    """What is told in a clause that names a Kanta service, or the Kanta Services as a whole."""
    names_service: bool = False
    names_kanta: bool = False

    def __contains__(self, said: object) -> bool:
        return said in self.found

    def any(self, *said: Said) -> bool:
        return any(one in self.found for one in said)

    def quoted(self, *said: Said) -> str:
        """The first of some states' phrases, in quotation marks."""
        return next((f'"{self.found[one]}"' for one in said if one in self.found), "")


def states_of(sentence: Sentence) -> frozenset[Said]:
    """What one sentence tells."""
    return frozenset(_said([sentence]).found)


def kind_of(notice: Sentences) -> KindRead:
    """What a notice is about."""
    title = _said(notice.title)
    text = _said(sentence for sentence in notice.body if not sentence.advice)
    read = _kind(title, text)
    doubts = [*read.doubts]
    if title.any("exercise") or text.any("exercise"):
        doubts.append(f"it may be an exercise ({title.quoted('exercise') or text.quoted('exercise')})")
    if read.kind == "end" and "ended" not in title and _tells_end_beside_fault(notice.body):
        doubts.append("the text tells an end, and a fault besides")
    if read.kind == "end" and (rest := _not_wholly_over((*notice.title, *notice.body))):
        doubts.append(f'it may not be wholly over ("{rest}")')
    if read.kind == "fault" and "repair" in title:
        doubts.append(f"the title may tell its end ({title.quoted('repair')})")
    if title.any("privacy") or text.any("privacy"):
        doubts.append(f"it tells of personal data ({title.quoted('privacy') or text.quoted('privacy')})")
    doubts += _doubts_of_news(read, title, text)
    if read.kind != "other" and text.any("local_in_text"):
        doubts.append(f"the text speaks of somebody's own system ({text.quoted('local_in_text')})")
    if read.kind in ("fault", "change", "end") and (title.any("dependency") or text.any("dependency")):
        doubts.append(
            f"it may lie outside the Kanta Services ({title.quoted('dependency') or text.quoted('dependency')})"
        )
    return replace(read, doubts=tuple(doubts), is_repeat=title.any("repeat") or text.any("repeat"))


def _not_wholly_over(sentences: Iterable[Sentence]) -> str:
    """What follows on words that tell an end, and takes a part of it back ("vastaa taas hitaasti"); empty if nothing."""  # noqa: E501  # one pattern or sentence
    for sentence in sentences:
        for clause in says("new_clause").split("" if sentence.advice else sentence.words):
            if ended := says("ended").search(clause):
                rest = clause[ended.end() :]
                found = _NOT_WHOLLY.search(rest) or (_AGAIN.search(ended[0]) and says("fault").search(rest))
                if found:
                    return found[0]
    return ""


def _doubts_of_news(read: KindRead, title: _Said, text: _Said) -> list[str]:
    """What is told of the past, or told again, or corrected: whether it is the news that it seems to be."""
    doubts = []
    if read.kind in ("fault", "change") and (title.any("past") or text.any("past")):
        doubts.append(f"it tells of the past ({title.quoted('past') or text.quoted('past')})")
    if read.kind == "change" and read.by_text and "began" in text and not title.any("update", "repeat"):
        doubts.append(f"it tells when the fault began ({text.quoted('began')}): it may be new")
    if read.kind != "correction" and "correction" in text:
        doubts.append(f"the text seems to correct something ({text.quoted('correction')})")
    if read.kind == "correction" and (title.any("taken_back") or text.any("taken_back")):
        doubts.append(f"it takes a notice back ({title.quoted('taken_back') or text.quoted('taken_back')})")
    if read.kind == "fault":
        told: tuple[Said, ...] = ("called_off", "moved")
        doubts += [
            f"something seems to be {_NOT_AHEAD[said]} ({title.quoted(said) or text.quoted(said)})"
            for said in told
            if title.any(said) or text.any(said)
        ]
    return doubts


def _tells_end_beside_fault(body: Iterable[Sentence]) -> bool:
    """Whether one sentence tells an end and another a fault; not where the end is marked as the news ("Päivitys")."""
    told = [
        _said([sentence])
        for sentence in body
        if not sentence.advice and not says("spares_after").search(sentence.words)
    ]
    ends = [said for said in told if "ended" in said]
    return any(said.any("fault", "fails") and "ended" not in said for said in told) and not any(
        "update" in end for end in ends
    )


def _kind(title: _Said, text: _Said) -> KindRead:
    """The first that fits: a correction, nobody's or somebody else's affair, planned work, a fault, what is left."""
    rules = (_correction, _noise, _somebody_elses, _maintenance, _fault, _left)
    return next(read for rule in rules if (read := rule(title, text)))


def _correction(title: _Said, text: _Said) -> KindRead | None:
    if "correction" not in title:
        return None
    planned = title.any("planned", "moved") or text.any("planned", "moved")
    doubts = ("it corrects what was said of planned work: a person compares both",) if planned else ()
    return KindRead("correction", f"the title says {title.quoted('correction')}", doubts)


def _noise(title: _Said, text: _Said) -> KindRead | None:
    if "noise" not in title:
        return None
    told: tuple[Said, ...] = ("now", *_OF_COURSE, "planned")
    is_of_service = title.names_service or text.names_service or bool(text.of_kanta & {*told, "fault"})
    is_closed = "fails" in text or ("break" in text and "planned" not in text)
    doubtful = title.any(*_OF_FAULTS, "planned", "may_be") or is_closed or (text.any(*told) and is_of_service)
    doubts = ("words for a fault or a break stand beside it",) if doubtful else ()
    return KindRead("other", f"the title says {title.quoted('noise')}", doubts)


def _is_elsewhere(title: _Said, text: _Said) -> bool:
    """Whether no Kanta service is named, and no trouble is told of the Kanta Services as a whole."""
    if title.names_service or text.names_service:
        return False
    return not (title.of_kanta | text.of_kanta) & {*_OF_FAULTS, "planned", "now"}


def _somebody_elses(title: _Said, text: _Said) -> KindRead | None:
    if "local" not in title or "dependency" in title:
        return None
    is_fault = title.any(*_OF_COURSE, "fault", "fails", "attack", "now") or text.any("fault", "attack", "now")
    if _is_elsewhere(title, text) and not title.names_kanta and not is_fault:
        because = f"the title names somebody's own system ({title.quoted('local')}), and nothing names a Kanta service"
        return KindRead("other", because)
    return KindRead("other", f"the title names somebody's own system ({title.quoted('local')})", ("a person decides",))


def _is_planned(title: _Said, text: _Said) -> bool:
    if title.any("planned") and not title.any("fault"):
        return True
    if title.any("fault", "ongoing", "partial", "reopened"):
        return False
    if text.any("planned") and not title.any("ended"):
        return not text.any("fault") or title.any("break", "update", "repeat")
    return title.any("update") and not text.any("fault", "ongoing", "ended")


def _maintenance(title: _Said, text: _Said) -> KindRead | None:
    if not _is_planned(title, text):
        return None
    because = f"the {'title' if title.any('planned', 'update') else 'text'} says " + (
        title.quoted("planned", "update") or text.quoted("planned", "update")
    )
    doubts = []
    for said, words in _NOT_AHEAD.items():
        if title.any(said) or text.any(said):
            doubts.append(f"the work seems to be {words} ({title.quoted(said) or text.quoted(said)})")
    if text.any("fault", "ongoing", "reopened"):
        doubts.append(f"the text also tells of a fault ({text.quoted('fault', 'ongoing', 'reopened')})")
    return KindRead("maintenance", because, tuple(doubts))


def _fault(title: _Said, text: _Said) -> KindRead | None:
    """Begins, goes on, ends. What is not finished weighs more than an end, the title more than the text."""
    if not (title.any(*_OF_FAULTS) or text.any("fault", "fails", "break", "ended", "reopened")):
        return None
    doubts = []
    if text.any("planned") or title.any("planned"):
        doubts.append(f"it also speaks of planned work ({title.quoted('planned') or text.quoted('planned')})")
    for kind, states in _COURSE:
        for place, said in (("title", title), ("text", text)):
            if said.any(*states):
                if kind == "change" and said is text and "ended" in title:
                    doubts.append(f"the title tells an end, the text does not ({text.quoted(*states)})")
                if kind == "change" and "ongoing" in title and "ended" in title:
                    doubts.append(f"the title also tells an end ({title.quoted('ended')})")
                if kind == "change" and "ended" in text and not title.any(*_OF_COURSE):
                    doubts.append(f"the text also tells an end ({text.quoted('ended')})")
                because = f"the {place} says {said.quoted(*states)}"
                return KindRead(kind, because, tuple(doubts), by_text=not title.any(*_OF_COURSE))
    because = next(filter(None, (said.quoted(one) for one in _BEGINS for said in (title, text))))
    is_break = not (title.any("fault", "fails", "now") or text.any("fault", "fails", "now"))
    fails_only = not (title.any("fault", "now", *_OF_COURSE) or text.any("fault", "now", *_OF_COURSE))
    is_break = is_break and not (title.any("attack") or text.any("attack"))
    updated = title.quoted("update") or text.quoted("update")
    return KindRead(
        "fault", f"it says {because}", tuple(doubts), is_break=is_break, fails_only=fails_only, updated=updated
    )


def _left(title: _Said, text: _Said) -> KindRead:
    if "correction" in text:
        return KindRead("correction", f"the text says {text.quoted('correction')}", ("the title does not say so",))
    if title.any("attack") or text.any("attack"):
        return KindRead("other", "an attack is named, but no fault", ("a person decides",))
    return KindRead("other", "no phrase tells what it is", ("a person decides",))


def _said(sentences: Iterable[Sentence]) -> _Said:
    found: dict[Said, str] = {}
    of_kanta: set[Said] = set()
    names_service = names_kanta = False
    for sentence in sentences:
        for clause in says("new_clause").split(sentence.words):
            told = _said_in(clause)
            for said, phrase in told.items():
                found.setdefault(said, phrase)
            service, kanta = names_a_service(clause), bool(_KANTA.search(clause))
            names_service, names_kanta = names_service or service, names_kanta or kanta
            if service or kanta:
                of_kanta.update(told)
    return _Said(found, frozenset(of_kanta), names_service, names_kanta)


@lru_cache(maxsize=256)
def _said_in(clause: str) -> Mapping[Said, str]:
    """The states that one clause tells, looked for once though several rules ask.

    What is awaited has not ended; what may be is no fault; what if is nothing.
    """
    if _CONDITION.search(clause):
        return {}
    no_longer = says("no_longer").search(clause)
    clause = says("denied").sub(" ", says("no_longer").sub(" ", clause))
    bare = " ".join(says("now").sub(" ", clause).split())  # "eivät tällä hetkellä pääse" is "eivät pääse"
    found = {said: match[0] for said in _STATES if (match := says(said).search(clause))}
    if bare != clause:
        found = {said: match[0] for said in _STATES if (match := says(said).search(bare))} | found
    if (over := found.pop("over", None)) and re.search(rf"{over}\s*(?:[.!:,]|$)", clause):
        found.setdefault("ended", over)
    if "repair" in found and not says("repair").search(says("fails").sub(" ", clause)):
        del found["repair"]  # "ei palauta" tells no end
    if "ended" in found and says("awaited").search(_about_end(clause, found["ended"])):
        del found["ended"]
    if "ended" in found and (some := says("some").search(clause)):
        del found["ended"]
        found.setdefault("partial", some[0])
    if "fault" in found and says("may_be").search(clause):
        found["may_be"] = found.pop("fault")
    if no_longer:
        found.setdefault("ended", no_longer[0])
    return found


def _about_end(clause: str, ended: str) -> str:
    """What may make an end an awaited one: not what a comma sets apart behind it ("päättyi klo 12, kun laite vaihdettiin")."""  # noqa: E501
    end = clause.find(",", clause.find(ended) + len(ended))
    return clause if end < 0 else clause[:end]
