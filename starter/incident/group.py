"""``kantadesk incident``: which commands there are."""

from __future__ import annotations

from starter.lazy import Entry, LazyGroup

incident = LazyGroup(
    "incident",
    entries={
        "open": Entry("incident.open:open_incident", "A fault was noticed: open an incident."),
        "triage": Entry("incident.triage:triage", "Judge the fault: criteria, severity, extent."),
        "call": Entry("incident.messages:call", "Log a telephone call to Kela's technical support."),
        "update": Entry("incident.messages:update", "The situation has changed: tell those concerned."),
        "supplement": Entry("incident.messages:supplement", "Tell Kela more: a supplement, the end, a withdrawal."),
        "correct": Entry("incident.messages:correct", "Something was written down wrong at the opening."),
        "resolve": Entry("incident.messages:resolve", "The fault is over."),
        "reopen": Entry("incident.messages:reopen", "The fault has come back."),
        "instruct": Entry("incident.messages:instruct", "Pass on what the authorities tell us to do."),
        "ack": Entry("incident.messages:ack", "Acknowledge an instruction or a reminder for a contact."),
        "laws": Entry(
            "incident.messages:laws", "What other laws ask: deviation, device hazard, NIS2, critical entity."
        ),
        "link": Entry("incident.link:link", "It is the same fault as another incident's."),
        "unlink": Entry("incident.link:unlink", "It is a fault of its own after all."),
        "notice": Entry("incident.messages:notice", "A published Kanta notice concerns this incident."),
        "delivery": Entry("incident.messages:delivery", "What became of a message that was sent."),
        "cancel": Entry("incident.messages:cancel", "It was opened by mistake."),
        "show": Entry("incident.show:show_incident", "All about one incident, and what to do next."),
        "list": Entry("incident.list:list_incidents", "The incidents that are open."),
        "timeline": Entry("incident.show:timeline", "What happened, in order."),
        "report": Entry("incident.report:report", "The situation, to be passed on: docx, text, HTML."),
        "watch": Entry("incident.watch:watch", "Follow an incident live until it is closed."),
    },
    help="""One fault, from the first report to the evidence.

REF in these commands is the incident's reference, such as INC-20261122-7F3K;
"kantadesk incident list" shows it. Its last part (7f3k) is enough, and it may be
left out where exactly one incident is open.

\b
  kantadesk incident open --title "Prescriptions can't be opened" --service PRESCRIPTION
  kantadesk incident triage INC-20261122-7F3K
  kantadesk incident show INC-20261122-7F3K""",
)
