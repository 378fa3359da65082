"""``kantadesk keys``: which commands there are."""

from __future__ import annotations

from starter.lazy import Entry, LazyGroup

keys = LazyGroup(
    "keys",
    entries={
        "status": Entry("keys.status:status", "Which keys there are, who knows them, which are still needed."),
        "rotate": Entry("keys.changes:rotate", "A new key, without stopping anything."),
        "retire": Entry("keys.changes:retire", "Forget an old key that nothing needs any more."),
        "signing": Entry("keys.signing:signing", "The key that signs the evidence: show it, or take a new one."),
        "lost": Entry("keys.changes:lost", "Give up a key that is lost."),
        "door": Entry("keys.door:door", "The tokens of the door: who may write through it."),
    },
    help="""The keys that encrypt every incident.

The key file (setting key_file) is the one thing without which nobody can read an incident: back it up apart from the
database. A backup of the database needs the keys of its time.

\b
  kantadesk keys status
  kantadesk keys rotate
  kantadesk keys retire key-1f3a90c2""",
)
