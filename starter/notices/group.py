"""``kantadesk notices``: which commands there are."""

from __future__ import annotations

from starter.lazy import Entry, LazyGroup

notices = LazyGroup(
    "notices",
    entries={
        "list": Entry("notices.list:list_notices", "What was published, how it was read, what was done."),
        "check": Entry("notices.check:check", "Read the feeds now, without doing anything."),
        "enter": Entry("notices.enter:enter", "A notice came another way: by mail, by telephone."),
        "look": Entry("notices.list:look", "Have the watch look at the feeds at once."),
    },
    help="""The published notices of the Kanta Services.

A watch follows the feeds of the setting notice_feed. It tells open incidents, proposes new ones and plans
breaks; what is not certain, a person decides.

\b
  kantadesk notices list                       what was published, and what was done
  kantadesk notices check                      can the feeds be read, and how?
  kantadesk notices enter --file notice.eml    a notice that came by mail""",
)
