"""``kantadesk shift``: which commands there are."""

from __future__ import annotations

from starter.lazy import Entry, LazyGroup

shift = LazyGroup(
    "shift",
    entries={
        "start": Entry("shift.start:start", "From now on it is you who speaks here."),
        "handover": Entry("shift.handover:handover", "One page for the next shift: open, due, waiting, decided."),
    },
    help="""Who sits at the desk, and what the next one must know.

\b
  kantadesk shift start --by "Anna Virtanen"
  kantadesk shift handover --to "Mikko Laine\"""",
)
