"""The link of one letter and one contact, by which the contact acknowledges it: signed, and open for a time.

Whoever has the link is taken for the contact, as whoever answers from the mailbox is. It says nothing of the incident
but its id, and opens nothing else. The keys are the desk's own, derived for this alone (``workers/keys/derived.py``): a
new key signs, older ones are still read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from itsdangerous import BadData, URLSafeSerializer
from pydantic import ValidationError

from workflows.procedure.languages import Language
from workflows.procedure.model import Model
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.ports import Letter

PATH = "/seen/"
LONGEST = 2000
"""Letters of a token; a longer one is none of ours."""
SigningKeys = Callable[[], Sequence[bytes]]
"""The keys now, the one that signs last."""
_SALT = b"kantadesk seen link 1"
_BEGINS = "k"
"""What is packed begins with a dot, and web servers hide paths that do."""
_TAKE_ACKNOWLEDGEMENTS = ("incident-", "breach-")
"""The processes that take one."""


class SeenLink(Model):
    """What a link is for. ``contact``: who acknowledges by it; ``recipient``: who got the letter, perhaps a deputy."""

    workflow_id: str
    what: str
    """The instruction, or the duty whose alarm it is."""
    kind: Literal["instruction", "alarm"]
    contact: str
    recipient: str
    language: Language
    asked_at: int
    until: int
    """Unix time: of the letter, and from when on the link is closed."""
    letter: str
    """Names the letter: the beginning of its key's digest."""

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be used."""
        return int(at.timestamp()) < self.until


class LinkTo(NamedTuple):
    """A link as a letter shows it."""

    contact: str
    address: str


class SeenLinkSigner:
    """Makes links, and reads them back."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    def token(self, link: SeenLink) -> str:
        """The link's token: of equal links equal."""
        return _BEGINS + str(self._signer().dumps(list(link.model_dump().values())))

    def read(self, token: str) -> SeenLink | None:
        """What a token says; None where we have not signed it as it stands."""
        if len(token) > LONGEST or not token.isascii() or not token.startswith(_BEGINS):
            return None
        try:
            values = self._signer().loads(token.removeprefix(_BEGINS))
            return SeenLink.model_validate(dict(zip(SeenLink.model_fields, values, strict=True)))
        except (BadData, ValidationError, ValueError, TypeError):
            return None

    def links(self, letter: Letter, model: OperatingModel, workflow_id: str) -> tuple[LinkTo, ...]:
        """The links that a letter bears, each for one contact; none where no public address is named."""
        wanted = model.acknowledgement_links
        if not wanted.address or letter.asked_at is None or not workflow_id.startswith(_TAKE_ACKNOWLEDGEMENTS):
            return ()
        what = _asked_for(letter)
        if what is None or not self._keys():
            return ()
        asked_at = int(letter.asked_at.timestamp())
        facts = {
            "workflow_id": workflow_id, "recipient": letter.contact, "language": letter.language, "asked_at": asked_at,
            "until": asked_at + int(wanted.open_for.total_seconds()),
            "letter": hashlib.sha256(letter.key.encode()).hexdigest()[:12],
        }  # fmt: skip
        return tuple(
            LinkTo(
                contact,
                f"{wanted.address}{PATH}{self.token(SeenLink.model_validate(facts | what | {'contact': contact}))}",
            )
            for contact in letter.stands_in_for or (letter.contact,)
        )

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(
            list(self._keys()), salt=_SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )


def _asked_for(letter: Letter) -> dict[str, str] | None:
    """What a letter asks to acknowledge."""
    if letter.kind in ("instruction", "instruction_reminder") and letter.to_acknowledge:
        return {"what": letter.to_acknowledge, "kind": "instruction"}
    if letter.kind in ("reminder", "overdue") and letter.duty:
        return {"what": letter.duty, "kind": "alarm"}
    return None


def moment_of(unix: int) -> datetime:
    """A moment of a link."""
    return datetime.fromtimestamp(unix, UTC)
