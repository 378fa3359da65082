"""Every fixed list whose words are typed, with its words: by the field or the option that takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starter.language import names
from starter.language.fixed_lists import FixedList, fixed, plain
from starter.language.words import Spoken, Texts, catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.procedure.operating_model.model import OperatingModel

YES = ("y", "yes", "k", "kylla", "joo", "j", "ja")
NO = ("n", "no", "e", "ei", "nej")
NOT_KNOWN = (
    "u", "unknown", "?", "t", "en tieda", "ei tiedossa", "v", "vet ej", "vet inte", "don't know", "dont know",
    "not known",
)  # fmt: skip
"""What is understood, whichever language the question is in; as ``plain`` writes it."""
ENVIRONMENTS: Texts = {"production": "production", "client_test": "client test environment"}
SECTORS: Texts = {
    "healthcare": "healthcare", "social_welfare": "social welfare", "pharmacy": "pharmacy", "kelain": "Kelain",
    "supplier": "supplier",
}  # fmt: skip
HAZARDS: Texts = {"serious": "serious", "near_miss": "near miss", "none": "none"}
ANSWERS: Texts = {"confirmed": "confirmed", "declined": "declined", "withdrawn": "withdrawn"}
EVENTS: Texts = {"delivered": "delivered", "bounced": "bounced", "dropped": "dropped", "deferred": "deferred"}
CHANNELS: Texts = {"email": "e-mail", "phone": "telephone", "text_message": "text message"}
WORK_OF: Texts = {"kela": "Kela", "own": "our own"}
READERS: Texts = {"staff": "staff", "management": "management", "authority": "authority"}
PAPERS_FOR: Texts = {
    "authority": "authority",
    "controller": "controller",
    "kela": "Kela",
    "persons": "persons concerned",
}
NOTIFIERS: Texts = {"us": "us", "other": "another"}
SHELLS: Texts = {"bash": "bash", "zsh": "zsh", "fish": "fish"}


def _kinds_said(language: Spoken) -> Mapping[str, tuple[str, ...]]:
    """What happened to personal data: in the nouns of the papers, and as it is asked."""
    from activities.documents.text import word

    known = catalogue(language)
    return {
        each: (word("breach_kind", each, language), known.get(text) or text)
        for each, text in names.BREACH_KINDS.items()
    }


LANGUAGES = fixed(
    names.LANGUAGES,
    {
        "suomi": "fi", "suomeksi": "fi", "finska": "fi", "svenska": "sv", "ruotsi": "sv", "ruotsiksi": "sv",
        "english": "en", "englanti": "en", "englanniksi": "en", "engelska": "en",
    },
)  # fmt: skip
YES_NO_UNKNOWN = fixed(
    names.ANSWERS,
    {**dict.fromkeys(YES, "yes"), **dict.fromkeys(NO, "no"), **{plain(each): "unknown" for each in NOT_KNOWN}},
)
KINDS = FixedList(_kinds_said)
FIXED: dict[str, FixedList] = {
    "severity": fixed(names.SEVERITIES),
    "locality": fixed(names.PLACES),
    "same_as_notice": YES_NO_UNKNOWN,
    "device_hazard": fixed(HAZARDS),
    "kind": fixed(names.NOTICE_KINDS),
    "event": fixed(EVENTS),
    "answer": fixed(ANSWERS),
    "outcome": fixed(names.OUTCOMES, {**dict.fromkeys(YES, "suspected"), **dict.fromkeys(NO, "no_personal_data")}),
    "kinds": KINDS,
    "role": fixed(names.ROLES),
    "joint_notifier": fixed(NOTIFIERS),
    "risk": fixed({each: text for each, text in names.RISKS.items() if each}),
    "AuthorityNotified.phase": fixed(names.NOTIFICATIONS),
    "environment": fixed(ENVIRONMENTS),
    "sector": fixed(SECTORS),
    "MaintenanceOpening.source": fixed(WORK_OF),
}
"""By the field of a message; where several fields have one name, with the message before it."""


def groups_of(model: OperatingModel) -> FixedList:
    """The groups of contacts of an organisation, by id and by its own names for them."""
    known = sorted({group for each in model.contacts.values() for group in each.groups})

    def said(language: Spoken) -> dict[str, tuple[str]]:
        return {each: (model.group_names.get(each, {}).get(language) or each,) for each in known}

    return FixedList(said)


def list_of(model: str, field: str) -> FixedList | None:
    """The fixed list that a field takes its words from; None where it takes any."""
    return FIXED.get(f"{model}.{field}") or FIXED.get(field)


def some(texts: Texts, *ids: str) -> FixedList:
    """A part of a list whose words stand in the catalogues."""
    return fixed({each: texts[each] for each in ids})
