"""Names: of organisations, as people type them; and of who has said something, as people are shown it."""

from __future__ import annotations

from workflows.procedure.languages import Language, Trilingual
from workflows.procedure.model import Model, Unverified

UNVERIFIED = Trilingual(
    fi="{by} (varmistamaton lähettäjä)", sv="{by} (overifierad avsändare)", en="{by} (unverified sender)"
)
CONFIRMED = Trilingual(fi="{by}, vahvistanut {other}", sv="{by}, bekräftat av {other}", en="{by}, confirmed by {other}")


def folded(name: str) -> str:
    """A name as it is compared: case and spaces do not matter."""
    return " ".join(name.casefold().split())


def person_named(by: str, language: Language, *, is_unverified: bool = False, confirmed_by: str = "") -> str:
    """Who has said it; of what came without the desk's key nobody knows who has."""
    if is_unverified:
        return UNVERIFIED.in_(language).format(by=by).strip()
    return CONFIRMED.in_(language).format(by=by, other=confirmed_by) if by and confirmed_by else by


class Said(Model):
    """Something that somebody has said, as a record keeps it."""

    by: str
    is_unverified: Unverified = False
    """Whether it was said without the desk's key: nobody knows who has."""

    def said_by(self, language: Language) -> str:
        """Who has said it, for people."""
        return person_named(self.by, language, is_unverified=self.is_unverified)
