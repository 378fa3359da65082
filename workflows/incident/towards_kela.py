"""What an incident remembers of Kela: its notice, the calls, the reports, and whether one is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from workflows.incident.laws import AskedByLaws
from workflows.incident.messages import Call, NoticeLook
from workflows.procedure.duties import Duty, DutyKind
from workflows.procedure.incident.further_reports import (
    END,
    FURTHER,
    FormChange,
    SaidToKela,
    changes,
    digest_of,
    value_of,
)
from workflows.procedure.incident.progress import Phase
from workflows.procedure.incident.report_form import DETAIL_TEXTS, REPORT_TEXTS, ReportDetails
from workflows.procedure.incident.triage import DeskAnswers, Published, Verdict, verdict, verdict_before
from workflows.procedure.model import EARLIEST, MAX_TEXT, Moment
from workflows.procedure.notices.published import Notice
from workflows.process import retention
from workflows.process.messages import DeliveryReport, SentMessage

FORMS_REMEMBERED = 5
"""Forms whose contents are remembered: where the last came back, the one before holds."""


class TowardsKela(AskedByLaws):
    """What is known of Kela, and what the desk says that decides whether it is told."""

    phase: Phase = "awaiting_triage"
    resolved_at: Moment | None = None
    title: str
    description: str = ""
    symptoms: str = ""
    error_message: str = ""
    details: ReportDetails = ReportDetails()
    extensive: bool | None = None
    report_anyway: bool = False
    calls: list[Call] = Field(default_factory=list)
    known_notice: Notice | None = None
    notice_changed_at: Moment | None = None
    """When Kela last said something about the fault of that notice."""
    notice_checked_at: Moment | None = None
    notice_look: NoticeLook = "unknown"
    reports: int = 0
    """How many forms were written."""
    told_kela: list[SaidToKela] = Field(default_factory=list)
    """What the last forms say that have gone, in their order."""
    has_reported: bool = False
    """Whether Kela has a report, by mail or by hand."""
    more_for_kela: str = ""
    """What the desk wants to add to the next form."""
    handling_since: Moment

    def know(self, notice: Notice) -> None:
        """Keep the notice by which Kela shows that it knows: so much of it is enough while it is in the feed."""
        lines = {"guid": notice.guid[:300], "title": notice.title[:300], "link": notice.link[:1000]}
        self.known_notice = notice.model_copy(update=lines | {"text": notice.text[:2000]})
        self.notice_changed_at = notice.published_at

    def is_news_of_kela(self, notice: Notice) -> bool:
        """Whether nobody has told yet that Kela knows; what a stranger has told counts for a stranger only."""
        return self.known_notice is None or (self.known_notice.is_unverified and not notice.is_unverified)

    def is_the_known(self, notice: Notice) -> bool:
        """Whether it is the one that is known, told by somebody of whom as much is known."""
        known = self.known_notice
        return known is not None and (known.guid, known.is_unverified) == (notice.guid[:300], notice.is_unverified)

    def verdict(self, said: DeskAnswers, fresh_for: timedelta, at: datetime) -> Verdict:
        """Whether this goes to Kela by what the desk says; what was owed to Kela once stays owed."""
        if self.has_owed_since("report_to_kela", self.handling_since):
            return verdict(said.model_copy(update={"by_supplier": ""}))
        return verdict(said, self._published(at), fresh_for)

    def verdict_before(self, said: DeskAnswers) -> Verdict:
        """The same where nobody else tells Kela of it; and what runs of the first releases made of a notice."""
        return verdict_before(said, self.known_notice.title if self.known_notice else None)

    def _published(self, at: datetime) -> Published | None:
        """Kela's notice; one that a stranger has told leaves no report out."""
        if self.known_notice is None or self.known_notice.is_unverified:
            return None
        age = at - self.notice_changed_at if self.notice_changed_at else None
        return Published(title=self.known_notice.title, age=age)

    # --- what Kela has been told --------------------------------------------------------------------------------

    def saying_now(self) -> SaidToKela:
        """What a form written now says."""
        judged, details = self.decisions[-1] if self.decisions else None, self.details
        facts = {
            "noticed_at": self.opening.noticed_at,
            "services": self.services,
            "severity": self.severity,
            "extensive": self.extensive,
            "criteria_met": judged.criteria_met if judged else (),
            "locality": judged.locality if judged else "unknown",
            END: self.resolved_at,
            "began_at": details.began_at,
            "units_affected": details.units_affected,
            "users_affected": details.users_affected,
            "system": details.systems,
        }
        texts = {name: getattr(self, name) for name in REPORT_TEXTS}
        texts |= {name: getattr(details, name) for name in DETAIL_TEXTS}
        values = {name: digest_of(text) for name, text in texts.items()}
        return SaidToKela(number=self.reports, values=values | {name: value_of(fact) for name, fact in facts.items()})

    @property
    def said_to_kela(self) -> SaidToKela | None:
        """What the last report says; None where none has arrived, or one of a run of the first releases."""
        return self.told_kela[-1] if self.told_kela else None

    def keep_said(self, said: SaidToKela, more: str) -> None:
        """Keep what a form that has gone says, in the order of the forms. ``more``: what the desk added to it."""
        self.has_reported = True
        self.more_for_kela = self.more_for_kela.removeprefix(more).lstrip("\n")
        self.told_kela = sorted([*self.told_kela, said], key=lambda each: each.number)[-FORMS_REMEMBERED:]

    def add_for_kela(self, text: str) -> None:
        """Keep what the desk wants to add, after what it has added before and Kela has not been told."""
        self.more_for_kela = retention.cut("\n".join(filter(None, (self.more_for_kela, text))), MAX_TEXT)

    def has_heard_by_hand(self) -> None:
        """Kela knows what stands now, or the desk has decided that it need not."""
        self.more_for_kela = ""
        self.told_kela = [*self.told_kela, self.saying_now()][-FORMS_REMEMBERED:]

    def remember_reports(self) -> None:
        """Of a record that the first releases carried on: whether a report had been made."""
        self.has_reported |= any(duty.is_met for duty in self.duties.values() if duty.kind == "report_to_kela")

    def kela_knows(self) -> bool:
        """Whether a report has reached Kela and none is on its way that says everything."""
        return self.has_reported and not self.first_open("report_to_kela")

    def changed_for_kela(self) -> tuple[FormChange, ...]:
        """What is no longer as the last report says."""
        return changes(self.said_to_kela.values, self.saying_now().values) if self.said_to_kela else ()

    def further_report(self) -> DutyKind | None:
        """What Kela is to be told beyond its report; None where the report is still true."""
        if not self.kela_knows():
            return None
        if self.phase == "cancelled":
            is_asked = self.has_owed_since("withdrawal_to_kela", self.opened_at)
            return None if is_asked and not self.first_open("withdrawal_to_kela") else "withdrawal_to_kela"
        told_end = self.said_to_kela.values.get(END, "") if self.said_to_kela else ""
        if self.resolved_at and told_end != value_of(self.resolved_at):
            return "end_to_kela"
        if self.first_open("triage"):  # reopened: what it is now is judged first
            return "supplement_to_kela" if self.more_for_kela else None
        return "supplement_to_kela" if self.changed_for_kela() or self.more_for_kela else None

    def open_further(self) -> list[Duty]:
        """The open duties to tell Kela more."""
        return [duty for duty in self.open_duties() if duty.kind in FURTHER]

    def meet(self, duty: Duty, at: datetime, by: str, reference: str = "", delay_reason: str = "") -> None:
        """Mark a duty as met; where Kela was told by hand, it knows what stands now."""
        super().meet(duty, at, by, reference, delay_reason)
        if duty.kind == "report_to_kela" or duty.kind in FURTHER:
            self.has_reported = True
            self.has_heard_by_hand()

    def meet_by_message(self, duty: Duty, sent: SentMessage) -> None:
        """Mark a duty as met by a letter: what that says is kept by ``keep_said``."""
        told, more = self.told_kela, self.more_for_kela
        super().meet_by_message(duty, sent)
        self.told_kela, self.more_for_kela = told, more

    def waive(self, duty: Duty, at: datetime, by: str, reason: str) -> None:
        """Record the decision not to meet a duty; what Kela is not told by it isn't asked again."""
        super().waive(duty, at, by, reason)
        if duty.kind in FURTHER:
            self.has_heard_by_hand()

    def take_delivery(self, said: DeliveryReport, at: datetime) -> list[Duty]:
        """Take what became of a letter; what a form said that came back has not reached Kela."""
        reopened = super().take_delivery(said, at)
        if any(duty.kind == "report_to_kela" for duty in reopened):
            self.has_reported = any(duty.is_met for duty in self.duties.values() if duty.kind == "report_to_kela")
        if reopened:
            self.told_kela = [each for each in self.told_kela if each.letter != said.message_id]
        return reopened

    # --- the desk -----------------------------------------------------------------------------------------------

    def answers_now(self) -> DeskAnswers:
        """What the desk said last, with the severity and the extent that the situation has now."""
        if not self.decisions:  # it went along with another incident of the same fault
            return DeskAnswers(criteria_met=())
        last = self.decisions[-1]
        return DeskAnswers(
            criteria_met=last.criteria_met,
            severity=self.severity,
            extensive=self.extensive,
            same_as_notice=last.same_as_notice,
            by_supplier=supplier.in_words(self.time_zone) if (supplier := last.reported_by_supplier) else "",
            report_anyway=self.report_anyway,
        )

    @property
    def has_come_back(self) -> bool:
        """Whether the incident was reopened."""
        return self.handling_since > self.opened_at

    def reached_kela(self) -> Call | None:
        """The first call that reached somebody; after a relapse, only one made since counts."""
        counted = [call for call in self.calls if not self.has_come_back or call.called_at >= self.handling_since]
        return next((call for call in counted if call.reached), None)

    def reached_before_relapse(self) -> list[tuple[Duty, Call]]:
        """Calls logged after a relapse and made before it, each with what was owed by then and is still open."""
        found = []
        for owed in self.open_of("phone_kela") if self.has_come_back else []:
            if owed.opened_at < self.handling_since:
                since = self._judged_anew_before(owed)
                made = (call for call in self.calls if call.reached and since <= call.called_at < self.handling_since)
                found += [(owed, call) for call in made][:1]
        return found

    def _judged_anew_before(self, owed: Duty) -> datetime:
        """When the relapse was that a duty arose from; long ago for one of the first judgement."""
        judged = [each for each in self.duties.values() if each.kind == "triage" and each.opened_at <= owed.opened_at]
        if not judged:
            return owed.opened_at
        return EARLIEST if judged[-1].id == "triage" else judged[-1].opened_at
