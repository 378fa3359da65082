"""``kantadesk breach paper``: a paper as it stands now, to be copied field by field into somebody else's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from starter.client.references import Reference
from starter.language.fixed_lists import fixed
from starter.language.lists import LANGUAGES, PAPERS_FOR
from starter.language.words import _
from starter.terminal.needed import NeededOption
from starter.terminal.output import clean, json_option, say, say_json
from starter.terminal.word_types import WordOf

if TYPE_CHECKING:
    from activities.breach.notification import Section
    from starter.breach.situation import Situation
    from workflows.breach.ports import BreachPaper
    from workflows.procedure.languages import Language
    from workflows.procedure.operating_model.model import OperatingModel

PAPERS = {
    "authority": "authority_notification", "controller": "controller_notice", "kela": "kela_notice",
    "persons": "letter_to_subjects",
}  # fmt: skip


@click.command
@click.argument("ref", cls=Reference, processes=("breach",))
@click.option("--for", "recipient", cls=NeededOption, type=WordOf(fixed(PAPERS_FOR)), help="Who is to read it.")
@click.option("--controller", metavar="NAME", default="", help="With --for controller: which one.")
@click.option("--final", is_flag=True, help="As the final one: what is not known now stays unknown.")
@click.option("--language", type=WordOf(LANGUAGES), help="Of the paper; the organisation's, where left out.")
@json_option
def paper(  # noqa: PLR0917  # click gives every option by name
    ref: str, recipient: str, controller: str, final: bool, language: Language | None, as_json: bool
) -> None:
    r"""A paper of a breach as it stands now: each field of the authority's form with a text to copy.

    Nothing is sent and nothing recorded: when the authority has been notified, say so with "breach notified" and the
    number of its receipt. That closes the clock, and the number stands on the next paper.

    \b
      kantadesk breach paper INC-20261122-7F3K --for authority
      kantadesk breach paper INC-20261122-7F3K --for authority --final --language sv --json
      kantadesk breach paper INC-20261122-7F3K --for controller --controller "Ward Ltd"
    """
    from starter.breach.situation import situation
    from starter.client.configuration import operating_model, settings_in_force
    from starter.terminal.errors import Wrong

    here = situation(ref)
    model = operating_model(settings_in_force())
    if model is None:
        raise Wrong(_('the operating model can\'t be used, and a paper names the organisation; see "kantadesk doctor"'))
    spoken = language or model.organisation.language
    wanted = _wanted(here, recipient, controller, final=final)
    if recipient == "authority":
        _show_notification(wanted, model, spoken, as_json=as_json)
    else:
        _show_text(wanted, model, spoken, as_json=as_json)


def _wanted(here: Situation, recipient: str, controller: str, *, final: bool) -> BreachPaper:
    """The paper to be written. Raises ``Refused`` where this breach has no such paper, ``Wrong``."""
    from starter.terminal.errors import Refused
    from workflows.breach.ports import BreachPaper
    from workflows.breach.who_notifies import is_other_to_notify

    status = here.status
    if recipient == "authority" and status.role == "processor":
        raise Refused(_("a processor does not notify the authority: each controller does; use --for controller"))
    if recipient == "authority" and is_other_to_notify(status):
        other = clean(status.joint_notifier_name)
        raise Refused(
            _(
                "{other} notifies the authority, as agreed: use --for controller to tell {other}; if you notify "
                'yourselves after all, say so first: "kantadesk breach assess {reference} --joint-notifier us"',
                other=other,
                reference=status.reference,
            )
        )
    return BreachPaper.model_validate(
        {
            "key": "shown",
            "reference": status.reference,
            "paper": PAPERS[recipient],
            "phase": "final" if final else "preliminary",
            "controller": _controller(here, controller) if recipient == "controller" else "",
            "drill": status.drill,
            "made_at": here.at,
            "status": status,
        }
    )


def _controller(here: Situation, named: str) -> str:
    """The controller that is meant; the only one where none was named. Raises ``Wrong``."""
    from starter.terminal.errors import Wrong

    names = [duty.recipient for duty in here.status.duties if duty.kind == "notify_controller"]
    found = [name for name in names if name.casefold() == named.strip().casefold()] if named else names
    if len(found) != 1:
        raise Wrong(
            _("--controller: name one of {map}", map="; ".join(map(clean, names)) or _("nobody: no notice is owed"))
        )
    return found[0]


def _show_notification(wanted: BreachPaper, model: OperatingModel, language: Language, *, as_json: bool) -> None:
    from activities.breach.facts import paper_facts
    from activities.breach.notification import sections
    from activities.documents.text import word
    from workflows.procedure.breach.authority_form import FORM

    facts = paper_facts(wanted, model, language)
    found = sections(facts, language)
    refuse_identity_codes([text for section in found for field in section.fields for text in field.texts])
    if as_json:
        say_json(_packet(wanted, facts, found, language))
        return
    doubt = "" if FORM.verified else f" ({word('breach_packet', 'unverified', language)})"
    if wanted.drill:
        say(f"*** {word('drill', 'mark', language)} ***")
    if wanted.status.is_a_strangers:
        say(word("sender", "draft", language))
    say(f"{facts['phase_and_number']} · {facts['reference']}")
    say(f"{word('breach_packet', 'how', language)}{doubt}")
    for number, section in enumerate(found, 1):
        say(f"\n{number}. {section.title}")
        for field in section.fields:
            say(f"\n[{field.label}]\n" + "\n".join(field.texts))


def _packet(wanted: BreachPaper, facts: dict[str, Any], found: Sequence[Section], language: Language) -> dict[str, Any]:
    """The packet as data: each field with its texts, and whether they are known."""
    from workflows.procedure.breach.authority_form import FORM

    return {
        "reference": wanted.status.reference,
        "for": "authority",
        "phase": facts["phase"],
        "language": language,
        "made_at": wanted.made_at,
        "drill": wanted.drill,
        "is_a_strangers": wanted.status.is_a_strangers,
        "form": {"version": FORM.version, "source": FORM.source, "verified": FORM.verified},
        "fields": [
            {
                "id": field.id, "section": section.title, "label": field.label, "text": "\n".join(field.texts),
                "known": field.is_known,
            }
            for section in found
            for field in section.fields
        ],
    }  # fmt: skip


def _show_text(wanted: BreachPaper, model: OperatingModel, language: Language, *, as_json: bool) -> None:
    from activities.breach.facts import paper_facts
    from activities.breach.papers import paper_blocks
    from activities.documents.as_text import as_text
    from activities.documents.text import word

    facts = paper_facts(wanted, model, language)
    mark = word("drill", "mark", language) if wanted.drill else ""
    text = as_text(paper_blocks(wanted, facts, language), mark)
    refuse_identity_codes([text])
    if as_json:
        shown = {"reference": wanted.status.reference, "for": wanted.paper, "phase": facts["phase"]}
        marks = {"drill": wanted.drill, "is_a_strangers": wanted.status.is_a_strangers}
        say_json(shown | {"language": language, "made_at": wanted.made_at, **marks, "text": text})
    else:
        say(text.rstrip("\n"))


def refuse_identity_codes(texts: Sequence[str]) -> None:
    """Raise ``Refused`` where a text holds what looks like a personal identity code: it would be copied and sent."""
    from starter.terminal.errors import Refused
    from workflows.procedure.identity_codes import identity_codes_in

    if any(identity_codes_in(text) for text in texts):
        raise Refused(
            _(
                "what looks like a Finnish personal identity code stands in this breach; send the message "
                "with that field "
                "again, without the code"
            )
        )
