"""By what a field is asked for in a terminal: a question, where the help of its option says what it is."""

from __future__ import annotations

from starter.language import names
from starter.language.words import Texts

FIELD_QUESTIONS: Texts = {
    "services": "Which services? Numbers or names, with commas between",
    "noticed_at": "When was it noticed?",
    "called_at": "When did you call?",
    "number": "Which number was called?",
    "reached": "Did the call reach somebody?",
    "person": "Who was reached?",
    "summary": "What was said?",
    "text": "What is to be told? (no personal data of clients or patients)",
    "resolved_at": "When did the fault end?",
    "cause": "What caused it?",
    "remedy": "What put it right?",
    "reason": "Why?",
    "Correction.reason": "Why is it corrected?",
    "AuthorityInstruction.text": "What does the instruction say?",
    "authority": "Which authority says so?",
    "received_at": "When was it received?",
    "contact": "Which contact? Its id or its name",
    "what": "What was seen? The id of an instruction or a duty",
    "InstructionAnswer.reason": "Why does nobody wait for this contact any more?",
    "outcome": "Are personal data concerned, or may they be?",
    "risk": "How large is the risk to the persons?",
    "RiskAssessment.reasons": "Why is the risk judged so?",
    "aware_at": "When did you really become aware?",
    "phase": "Which notification?",
    "notified_at": "When were they notified?",
    "informed_at": "When were the persons told?",
    "controller": "Which controller was told?",
    "channel": "How were they told (letter, MyKanta, telephone)?",
    "count": "How many persons were told?",
    "MeasuresTaken.text": "What was done against the breach and its effects?",
    "Conclusion.text": "What did it come to, and what is learned from it?",
    "delay_reason": "Why was it late?",
    "met_at": "When was it done?",
    "answer": "Is it confirmed or declined by another person, or withdrawn by who asked?",
    "DecisionAnswer.reason": "Why is it declined?",
    "decision": "Which decision waits? Its id",
    "MaintenanceOpening.title": "What is done, in a few words?",
    "starts_at": "When does it begin?",
    "ends_at": "When is it planned to be over?",
    "completed_at": "When was the work completed?",
    "SameAs.reference": "Which incident is the same fault?",
    "message_id": "What is the Message-ID of the message?",
    "event": "What became of it?",
    "guid": "What is the notice's own id in the feed?",
    "NoticeSeen.title": "What is the notice's title?",
    "kind": "What kind of notice is it?",
    "published_at": "When was it published?",
}
ANSWERS: Texts = {"confirmed": "confirmed", "declined": "declined", "withdrawn": "withdrawn"}
EVENTS: Texts = {"delivered": "delivered", "bounced": "bounced", "dropped": "dropped", "deferred": "deferred"}
CHOICES: dict[str, Texts] = {
    "answer": ANSWERS, "event": EVENTS, "kind": names.NOTICE_KINDS, "risk": names.RISKS, "phase": names.NOTIFICATIONS,
    "severity": names.SEVERITIES, "role": names.ROLES,
}  # fmt: skip
"""What may be answered, by field; the ids are those of the message."""
