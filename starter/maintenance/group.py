"""``kantadesk maintenance``: which commands there are."""

from __future__ import annotations

from starter.lazy import Entry, LazyGroup

maintenance = LazyGroup(
    "maintenance",
    entries={
        "plan": Entry("maintenance.plan:plan", "A break is planned: those concerned are told in time."),
        "change": Entry("maintenance.messages:change", "Change it: everyone who was told hears what is different."),
        "cancel": Entry("maintenance.messages:cancel", "It does not take place."),
        "complete": Entry("maintenance.messages:complete", "The work is completed."),
        "ack": Entry("maintenance.messages:ack", "A contact has seen it."),
        "delivery": Entry("maintenance.messages:delivery", "What became of a message that was sent."),
        "show": Entry("maintenance.show:show_maintenance", "Times, who was told what, what comes next."),
        "timeline": Entry("maintenance.show:timeline", "What happened, in order."),
        "list": Entry("maintenance.show:list_maintenance", "The breaks that are planned or have begun."),
    },
    help="""A planned change or maintenance break, Kela's or your own, from its announcement to its end.

Those concerned are told two weeks before, the day before, at the start and at the end, as your operating model says.

\b
  kantadesk maintenance plan --title "New version" --service PRESCRIPTION \\
      --starts-at "24.11.2026 06:00" --ends-at 08:00
  kantadesk maintenance change MNT-20261122-7F3K --ends-at "24.11.2026 09:00"
  kantadesk maintenance show MNT-20261122-7F3K
  kantadesk maintenance complete MNT-20261122-7F3K""",
)
