"""The fields of messages as a reader knows them, where a process, or a refusal, names one by its id."""

from __future__ import annotations

import re
from functools import cache

from starter.language.words import Texts, _, spoken

FIELDS: Texts = {
    "title": "title", "description": "description", "symptoms": "symptoms", "error_message": "error message",
    "environment": "environment", "services": "services", "severity": "severity", "extensive": "extent",
    "locality": "place of the fault", "workaround": "how people work meanwhile", "function": "part of the service",
    "message_ids": "failed messages", "reproducible": "how it is repeated", "units_affected": "number of units",
    "users_affected": "number of users", "systems": "our own systems", "report_anyway": "report all the same",
    "same_as_notice": "whether the notice is about this fault", "reported_by_supplier": "report of the supplier",
    "starts_at": "beginning", "ends_at": "planned end", "windows": "times out of use", "effect": "effect",
    "not_affected": "services not affected", "text": "more about it", "link": "address of the notice",
    "audience": "recipients",
    "noticed_at": "time of noticing", "called_at": "time of the call", "resolved_at": "end of the fault",
    "received_at": "time of receipt", "notified_at": "time of the notification", "informed_at": "time of informing",
    "met_at": "time at which it was done", "completed_at": "end of the work", "published_at": "time of publication",
    "occurred_at": "time", "delay_reason": "reason for the delay", "on_behalf_of": "controller it was done for",
    "subjects_estimate": "estimated number of persons", "records_estimate": "estimated number of records",
    "consequences": "consequences", "measures": "measures", "categories": "categories", "reasons": "reasons",
}  # fmt: skip
"""Those of a breach have their words in the letters."""
_ID = re.compile(r"(?<![\w-])[a-z]+2?(?:_[a-z]+)+(?![\w-])")


def field(name: str) -> str:
    """What a field is called; one that has no name of its own is said as it is."""
    from activities.documents.text import word

    return _(FIELDS[name]) if name in FIELDS else word("breach_field", name, spoken()) if name in ids() else name


def fields(named: str) -> str:
    """Several fields that stand in a text, with commas between them; spaces may stand for low lines."""
    from starter.language.heard import heard

    parts = [each.strip() for each in named.split(",")]
    return ", ".join(field(_as_id(each)) if _as_id(each) in ids() else heard(each) for each in parts)


def in_text(text: str) -> str:
    """A text in which each field of several words is called by its name."""
    return _ID.sub(lambda found: field(found[0]), text)


@cache
def ids() -> frozenset[str]:
    """Every field that has a name."""
    from activities.documents.text import WORDS

    return frozenset({*FIELDS, *WORDS["breach_field"]})


def _as_id(named: str) -> str:
    return named.replace(" ", "_")
