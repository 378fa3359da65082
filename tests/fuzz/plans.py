"""What may happen to a process: random plans of messages, good and bad, alone, repeated and at once, with time between.

A plan says "the second duty" or "two hours ago": what that is, is found out when it is played. So a plan is the same
wherever and whenever it is played, and hypothesis can make it again from its seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import strategies as st

from workflows.procedure.incident.criteria import VERSIONS

Way = Literal["signal", "update"]


@dataclass(frozen=True)
class Ago:
    """A moment so many minutes before the process's own time; a negative number lies in the future."""

    minutes: int


@dataclass(frozen=True)
class Long:
    """A text of one character, many times."""

    char: str
    times: int


@dataclass(frozen=True)
class Nth:
    """The nth thing of a kind that the process knows; a name that nothing has where it knows none."""

    kind: Literal["duties", "messages", "instructions", "contacts"]
    number: int


@dataclass(frozen=True)
class Say:
    """Send a message, ``times`` times at once. ``event``: number of the sender's own id, None where it gives none."""

    name: str
    payload: Any
    way: Way = "signal"
    event: int | None = None
    times: int = 1


@dataclass(frozen=True)
class Wait:
    """Let time pass."""

    minutes: float


@dataclass(frozen=True)
class Ask:
    """Ask for something that may not be there."""

    query: str


@dataclass(frozen=True)
class RequestCancel:
    """Ask Temporal to cancel the workflow itself, as its Web page can."""


@dataclass(frozen=True)
class Garbage:
    """Bytes that no message is, under an encoding."""

    data: bytes
    encoding: bytes


Act = Say | Wait | Ask | RequestCancel


@dataclass(frozen=True)
class Plan:
    """A life of one process. ``mail_fails``: the provider refuses every letter to Kela for good."""

    opening: dict[str, Any]
    acts: tuple[Act, ...]
    mail_fails: bool = False


MINUTES = st.integers(0, 5000).map(Ago)
LINES = st.sampled_from(["desk", "Ward 3", "ä ö 😱", '"quoted" \\', Long("x", 300)])
TEXTS = st.sampled_from(["Nothing works.", Long("ä", 200), "line\nline", "**bold** <b>", Long("x", 8000)])
YES_NO = st.booleans()
ANSWERS = st.sampled_from(["yes", "no", "unknown"])
SERVICES = st.lists(st.sampled_from(["PRESCRIPTION", "PDR", "IMAGING", "KELAIN", "OTHER"]), min_size=1, max_size=3)
DUTIES = st.integers(0, 8).map(lambda n: Nth("duties", n))
MESSAGE = {"by": LINES}
ALWAYS_OPTIONAL = {"note": LINES, "source": LINES, "occurred_at": MINUTES}


def payload(optional: dict[str, Any] | None = None, **required: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A good payload, as far as its form goes."""
    return st.fixed_dictionaries(MESSAGE | required, optional=ALWAYS_OPTIONAL | (optional or {}))


IDS = VERSIONS["kanta-en-current"].ids()
BOTH: dict[str, st.SearchStrategy[Any]] = {
    "duty_met": payload({"reference": LINES, "delay_reason": TEXTS}, duty=DUTIES, met_at=MINUTES),
    "duty_waived": payload(duty=DUTIES, reason=TEXTS),
    "decision_answer": payload(  # nothing waits where the rules ask for one person
        {"reason": TEXTS},
        decision=st.just("confirm_decision"),
        answer=st.sampled_from(["confirmed", "declined", "withdrawn"]),
    ),
    "handover": payload({"to": LINES}),
    "delivery_report": payload(
        {"detail": TEXTS},
        message_id=st.integers(0, 20).map(lambda n: Nth("messages", n)),
        event=st.sampled_from(["delivered", "bounced", "dropped", "deferred"]),
    ),
    "acknowledgement": payload(
        {"waive": YES_NO, "reason": TEXTS},
        contact=st.integers(0, 3).map(lambda n: Nth("contacts", n)),
        what=st.one_of(DUTIES, st.integers(0, 3).map(lambda n: Nth("instructions", n))),
    ),
    "cancellation": payload(reason=TEXTS),
}
SUSPECTED = {
    "aware_at": MINUTES,
    "kinds": st.lists(st.sampled_from(["loss", "unauthorised_access", "unavailability"]), min_size=1, max_size=3),
    "role": st.sampled_from(["controller", "joint_controller", "processor"]),
    "registers": SERVICES,
    "description": TEXTS,
}
NAMED = st.lists(st.fixed_dictionaries({"name": st.sampled_from(["Aava", "Bruk", "Cirrus"])}), max_size=3)
LAWS = {"significant_deviation": YES_NO, "nis2_significant": YES_NO, "cer_significant": YES_NO, "detected_at": MINUTES}
ASSESSMENT = st.one_of(
    payload(outcome=st.just("no_personal_data"), reason=TEXTS),
    payload({"controllers": NAMED, "joint_notifier": LINES}, outcome=st.just("suspected"), **SUSPECTED),
)
SUPPLIER_REPORTS = st.fixed_dictionaries({"at": MINUTES}, optional={"by": LINES, "reference": LINES})
INCIDENT: dict[str, st.SearchStrategy[Any]] = BOTH | {
    "triage": payload(
        {
            "report_anyway": YES_NO,
            "title": LINES,
            "description": TEXTS,
            "workaround": TEXTS,
            "same_as_notice": st.sampled_from(["yes", "yes", "no", "unknown"]),
            "reported_by_supplier": st.none() | st.none() | SUPPLIER_REPORTS,
        },
        criteria=st.fixed_dictionaries(dict.fromkeys(IDS, ANSWERS)),
        severity=st.sampled_from(["critical", "high", "medium", "low"]),
        extensive=YES_NO,
    ),
    "phone_escalation": payload(
        {"person": LINES, "summary": TEXTS}, called_at=MINUTES, number=st.just("020 634 7787"), reached=YES_NO
    ),
    "report_supplement": payload({"text": TEXTS}),
    "correction": payload({"noticed_at": MINUTES, "title": LINES, "symptoms": TEXTS}, reason=TEXTS),
    "situation_update": payload(
        {"severity": st.sampled_from(["critical", "low"]), "extensive": YES_NO, "services": SERVICES}, text=TEXTS
    ),
    "resolution": payload(resolved_at=st.integers(0, 30).map(Ago), cause=TEXTS, remedy=TEXTS),
    "reopening": payload(reason=TEXTS),
    "breach_assessment": ASSESSMENT,
    "other_laws": payload(LAWS),
    "laws_passed_on": payload({"duties_there": st.lists(st.sampled_from(["nis2_significant"]))} | LAWS),
    "breach_progress": payload(text=TEXTS),
    # Nobody of these is there; two that are: tests/workflows/incident/test_same_fault.py.
    "same_as": payload({"reason": TEXTS}, reference=st.just("nobody")),
    "not_same_as": payload({"reason": TEXTS}),
    "followed_by": payload(
        {"still": YES_NO}, reference=st.just("elsewhere"), drill=YES_NO, opened_at=MINUTES, number=st.integers(1, 3)
    ),
    "lead_state": payload({"refused": TEXTS}, reference=st.just("elsewhere"), number=st.integers(1, 3)),
    "authority_instruction": payload({"received_at": MINUTES}, authority=LINES, text=TEXTS),
    "notice": payload(
        {"services": SERVICES, "text": TEXTS},
        guid=LINES,
        title=LINES,
        kind=st.sampled_from(["fault", "change", "end", "other"]),
        published_at=MINUTES,
    ),
}
BREACH: dict[str, st.SearchStrategy[Any]] = BOTH | {
    "risk_assessment": payload(
        {"measures": TEXTS, "subjects_estimate": st.integers(0, 1000)},
        risk=st.sampled_from(["unlikely", "risk", "high"]),
        reasons=TEXTS,
    ),
    "authority_notified": payload(
        {"delay_reason": TEXTS, "reference": LINES},
        notified_at=MINUTES,
        phase=st.sampled_from(["preliminary", "supplementary", "final"]),
    ),
    "controller_notified": payload(controller=st.sampled_from(["Aava", "Bruk", "Dune"]), notified_at=MINUTES),
    "kela_notified": payload(notified_at=MINUTES),
    "subjects_informed": payload(informed_at=MINUTES, channel=LINES, count=st.integers(0, 500)),
    "measures_taken": payload(text=TEXTS),
    "breach_assessment": ASSESSMENT,
    "other_laws": payload(LAWS),
    "laws_passed_on": payload({"duties_there": st.lists(st.sampled_from(["nis2_significant"]))} | LAWS),
    "awareness_correction": payload({"deadline_follows_later": TEXTS}, aware_at=MINUTES, reason=TEXTS),
    "incident_ended": payload(phase=LINES),
    "conclusion": payload(text=TEXTS),
}
CONTACTS = st.integers(0, 3).map(lambda n: Nth("contacts", n))
CONTACT_REVIEW: dict[str, st.SearchStrategy[Any]] = {
    "confirmation": payload(contact=CONTACTS),
    "wrong_details": payload(
        {"failed": YES_NO}, contact=CONTACTS, channel=st.sampled_from(["email", "phone", "text_message"])
    ),
    "checked": payload(
        {"number": st.sampled_from(["", "kela", "call_back", "nobody"])},
        what=st.sampled_from(["extranet", "suppliers", "directory", "test_call"]),
    ),
    "tested": payload(contact=CONTACTS, channel=st.sampled_from(["email", "text_message"])),
    "look_now": payload(),
    "delivery_report": BOTH["delivery_report"],
}
JUNK = st.sampled_from(
    [None, 1, -1.5, "", "x", Long("x", 9000), [], [1], {}, {"a": {"b": 1}}, "131052-308T", "9999-12-31"]
)
GARBAGE = st.builds(
    Garbage,
    st.one_of(st.binary(max_size=60), st.sampled_from([b"null", b'{"by":NaN}', b'"\\ud800"', b"{}"])),
    st.sampled_from([b"json/plain", b"binary/plain", b"binary/null", b"binary/encrypted", b"", b"\xff"]),
)
NOT_MESSAGES = st.one_of(JUNK, GARBAGE)


@st.composite
def spoiled(draw: st.DrawFn, good: st.SearchStrategy[Any]) -> Any:
    """A good payload with one field missing, wrong or added."""
    said = dict(draw(good))
    name = draw(st.sampled_from([*said, "unheard_of"]))
    if draw(YES_NO):
        said.pop(name, None)
    else:
        said[name] = draw(JUNK)
    return said


def says(process: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Act]:
    """One message: mostly good, else spoiled, garbage, or of a name that nobody knows."""

    def of(name: str) -> st.SearchStrategy[Act]:
        good = process[name]
        payloads = st.one_of(good, good, good, spoiled(good), NOT_MESSAGES)
        return st.builds(
            Say,
            st.just(name),
            payloads,
            st.sampled_from(["signal", "update"]),
            st.none() | st.integers(0, 3),
            st.sampled_from([1, 1, 2, 5]),
        )

    unknown = st.builds(Say, st.sampled_from(["traige", "__temporal", "ä", "x-y" * 20]), NOT_MESSAGES)
    return st.one_of(*(of(name) for name in sorted(process)), unknown)


def acts(process: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Act]:
    """One act."""
    waits = st.builds(Wait, st.sampled_from([0.3, 7.3, 12.3, 43.3, 130.3, 260.3, 1500.3, 4400.3]))
    rare = st.one_of(st.builds(RequestCancel), st.builds(Ask, st.sampled_from(["nothing", "rejected", "duties"])))
    said = says(process)
    return st.one_of(said, said, said, said, said, waits, waits, rare)


def plans(opening: st.SearchStrategy[dict[str, Any]], process: Any, first: tuple[str, ...], at_most: int) -> Any:
    """A life that begins, often, with one of the messages without which not much else is allowed."""
    begun = st.one_of(st.just(()), *(st.tuples(st.builds(Say, st.just(name), process[name])) for name in first))
    lived = st.lists(acts(process), min_size=3, max_size=at_most).map(tuple)
    return st.builds(
        Plan, opening, st.builds(lambda one, more: one + more, begun, lived), st.sampled_from([False, False, True])
    )


def incident_plans(at_most: int) -> st.SearchStrategy[Plan]:
    """Lives of an incident."""
    opening = st.fixed_dictionaries({"services": SERVICES, "description": TEXTS, "noticed_at": MINUTES})
    lives: st.SearchStrategy[Plan] = plans(opening, INCIDENT, ("triage", "triage", "triage"), at_most)
    return lives


def breach_plans(at_most: int) -> st.SearchStrategy[Plan]:
    """Lives of a breach."""
    opening = st.fixed_dictionaries(SUSPECTED, optional=LAWS | {"controllers": NAMED})
    lives: st.SearchStrategy[Plan] = plans(opening, BREACH, ("risk_assessment", "measures_taken"), at_most)
    return lives


def contact_review_plans(at_most: int) -> st.SearchStrategy[Plan]:
    """Lives of the review of the contacts."""
    lives: st.SearchStrategy[Plan] = plans(st.just({}), CONTACT_REVIEW, ("wrong_details", "checked"), at_most)
    return lives
