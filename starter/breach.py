"""``kantadesk breach``: which commands there are."""

from __future__ import annotations

from starter.lazy import Entry, LazyGroup

breach = LazyGroup(
    "breach",
    entries={
        "assess": Entry("breach_opening:assess", "Does an incident concern personal data? Asks you everything."),
        "open": Entry("breach_opening:open_breach", "A breach is suspected, without an incident."),
        "risk": Entry("breach_messages:risk", "Judge the risk to the persons, guided by questions."),
        "notified": Entry("breach_messages:notified", "The authority was notified."),
        "controller": Entry("breach_messages:controller", "A controller was told (for a processor)."),
        "kela": Entry("breach_messages:kela", "Kela's technical support was told."),
        "subjects": Entry("breach_messages:subjects", "The persons concerned were told."),
        "measures": Entry("breach_messages:measures", "What was done against it and its effects."),
        "laws": Entry("breach_messages:laws", "What other laws ask: deviation, device hazard, NIS2."),
        "correct": Entry("breach_messages:correct", "The instant of awareness was another one."),
        "ack": Entry("breach_messages:ack", "A contact has seen a reminder."),
        "delivery": Entry("breach_messages:delivery", "What became of a message that was sent."),
        "conclude": Entry("breach_messages:conclude", "It is dealt with."),
        "cancel": Entry("breach_messages:cancel", "It was opened by mistake."),
        "show": Entry("breach_showing:show_breach", "The clock, what is due, what was done, the papers."),
        "timeline": Entry("breach_showing:timeline", "What happened, in order."),
        "list": Entry("breach_list:list_breaches", "All breaches, also those that are over."),
        "export": Entry("breach_export:export", "The breach register of a period: docx, CSV, JSON."),
    },
    help="""A suspected breach of personal data, from the moment of awareness to the register.

The authority must be notified within 72 hours of becoming aware (GDPR art. 33). One clock counts, and
"breach show" has it on top. REF is the incident's reference; a breach without an incident has its own.

\b
  kantadesk breach assess INC-20261122-7F3K          asks you everything it needs
  kantadesk breach show INC-20261122-7F3K            the clock, and what to do next
  kantadesk breach risk INC-20261122-7F3K            guided by questions
  kantadesk breach notified INC-20261122-7F3K --phase preliminary
  kantadesk breach measures INC-20261122-7F3K --text "Access closed, logs secured"
  kantadesk breach conclude INC-20261122-7F3K --text "..."
""",
)
