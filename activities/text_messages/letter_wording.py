"""What a letter is about, in one line for another channel than mail: facts only, nothing that a person wrote.

A letter that has a text message of its own is worded as that. Of every other its subject goes, which says the
reference, what it is about and when it is due; whoever reads it finds the rest in the letter or asks the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from temporalio.exceptions import ApplicationError

from activities.acknowledging.links import LinkTo
from activities.documents.templates import template
from activities.documents.text import one_line
from activities.mail.wording import Wording, identity_code_in, is_to_desk, worded
from activities.text_messages.length import length_of, plain
from activities.text_messages.wording import PARTS_AT_MOST, SENDER_AT_MOST, text_worded
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.operating_model.text_addresses import is_number
from workflows.process.ports import PERSONAL_DATA_FOUND, Letter
from workflows.process.telling.text_messages import TextKind, TextMessage

AT_MOST = 2000
"""Letters of the line: links are long."""
_SUBJECTS = (200, 120, 80)
"""Letters of the subject, until it fits into a text message."""


def letter_in_short(letter: Letter, model: OperatingModel, target: str, links: Sequence[LinkTo] = ()) -> str:
    """What a letter is about, for the address ``target``: a telephone gets no links, which are too long for it.

    Raises ``ApplicationError`` (``PersonalDataFound``) where an identity code would go out.
    """
    if letter.kind in get_args(TextKind):
        return text_worded(_as_text_message(letter), model)
    bare = letter.model_copy(update={"text": "", "what_to_do": "", "attachments": ()})
    subject = worded(bare, model).subject
    if identity_code_in(bare.model_copy(update={"title": ""}), Wording(subject, "")):
        raise ApplicationError(
            f"the subject of the letter ({letter.kind}) holds what looks like a personal identity code: it is not sent",
            type=PERSONAL_DATA_FOUND,
            non_retryable=True,
        )
    if not is_number(target):
        return _line(letter, model, one_line(subject, _SUBJECTS[0]), links)
    lines = [_line(letter, model, one_line(subject, most), ()) for most in _SUBJECTS]
    return next((line for line in lines if length_of(line).parts <= PARTS_AT_MOST), lines[-1])


def _line(letter: Letter, model: OperatingModel, subject: str, links: Sequence[LinkTo]) -> str:
    facts: dict[str, Any] = {
        "sender": one_line(model.organisation.name_in(letter.language), SENDER_AT_MOST),
        "subject": subject,
        "is_to_desk": is_to_desk(letter),
        "call_back": one_line(model.organisation.call_back) or model.organisation.email,
        "links": links,
    }
    return one_line(plain(template(letter.language, "text_letter").render(facts)), AT_MOST)


def _as_text_message(letter: Letter) -> TextMessage:
    """The letter as a text message; what Kela's notice says was written by somebody, and stays out."""
    situation = letter.situation.model_copy(update={"kela_notice": ""}) if letter.situation else None
    facts = {name: getattr(letter, name) for name in TextMessage.model_fields if hasattr(letter, name)}
    return TextMessage.model_validate(facts | {"case": letter.case or letter.reference, "situation": situation})
