"""``kantadesk breach``: which commands there are."""

from __future__ import annotations

from starter.lazy import Entry, LazyGroup

breach = LazyGroup(
    "breach",
    entries={
        "assess": Entry("breach.open:assess", "Does an incident concern personal data? Asks you everything."),
        "open": Entry("breach.open:open_breach", "A breach is suspected, without an incident."),
        "risk": Entry("breach.messages:risk", "Judge the risk to the persons, guided by questions."),
        "notified": Entry("breach.messages:notified", "The authority was notified."),
        "controller": Entry("breach.messages:controller", "A controller was told (for a processor)."),
        "kela": Entry("breach.messages:kela", "Kela's technical support was told."),
        "subjects": Entry("breach.messages:subjects", "The persons concerned were told."),
        "measures": Entry("breach.messages:measures", "What was done against it and its effects."),
        "laws": Entry("breach.messages:laws", "What other laws ask: deviation, device hazard, NIS2."),
        "correct": Entry("breach.messages:correct", "You became aware at another time than recorded."),
        "ack": Entry("breach.messages:ack", "A contact has seen a reminder."),
        "delivery": Entry("breach.messages:delivery", "What became of a message that was sent."),
        "conclude": Entry("breach.messages:conclude", "It is dealt with."),
        "cancel": Entry("breach.messages:cancel", "It was opened by mistake."),
        "paper": Entry("breach.paper:paper", "A paper as it stands now, field by field, to copy into a form."),
        "show": Entry("breach.show:show_breach", "The clock, what is due, what was done, the papers."),
        "timeline": Entry("breach.show:timeline", "What happened, in order."),
        "list": Entry("breach.list:list_breaches", "All breaches, also those that are over."),
        "export": Entry("breach.export:export", "The breach register of a period: docx, CSV, JSON."),
    },
    help="""A suspected breach of personal data, from the moment of awareness to the register.

The authority must be notified within the hours of GDPR art. 33, counted from becoming aware. One clock counts, and
"breach show" has it on top: until when, and how many are left.
REF is the incident's reference; a breach without an incident has its own.

\b
  kantadesk breach assess INC-20261122-7F3K          asks you everything it needs
  kantadesk breach show INC-20261122-7F3K            the clock, and what to do next
  kantadesk breach risk INC-20261122-7F3K            guided by questions
  kantadesk breach paper INC-20261122-7F3K --for authority
  kantadesk breach notified INC-20261122-7F3K --phase preliminary
  kantadesk breach measures INC-20261122-7F3K --text "Access closed, logs secured"
  kantadesk breach conclude INC-20261122-7F3K --text "..."
""",
)
