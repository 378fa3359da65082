"""What an incident remembers of Kela: its notice, the calls, the reports, and whether one is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from workflows.incident.laws import AskedByLaws
from workflows.incident.messages import Call, NoticeLook, supplier_report
from workflows.procedure.incident.triage import DeskAnswers, Published, Verdict, verdict, verdict_before
from workflows.procedure.model import Moment
from workflows.procedure.notices.published import Notice


class TowardsKela(AskedByLaws):
    """What is known of Kela, and what the desk says that decides whether it is told."""

    extensive: bool | None = None
    report_anyway: bool = False
    calls: list[Call] = Field(default_factory=list)
    known_notice: Notice | None = None
    notice_changed_at: Moment | None = None
    """When Kela last said something about the fault of that notice."""
    notice_checked_at: Moment | None = None
    notice_look: NoticeLook = "unknown"
    reports: int = 0
    handling_since: Moment

    def know(self, notice: Notice) -> None:
        """Keep the notice by which Kela shows that it knows: so much of it is enough while it is in the feed."""
        lines = {"guid": notice.guid[:300], "title": notice.title[:300], "link": notice.link[:1000]}
        self.known_notice = notice.model_copy(update=lines | {"text": notice.text[:2000]})
        self.notice_changed_at = notice.published_at

    def verdict(self, said: DeskAnswers, fresh_for: timedelta, at: datetime) -> Verdict:
        """Whether this goes to Kela by what the desk says; what was owed to Kela once stays owed."""
        if self.has_owed_since("report_to_kela", self.handling_since):
            return verdict(said.model_copy(update={"by_supplier": ""}))
        return verdict(said, self._published(at), fresh_for)

    def verdict_before(self, said: DeskAnswers) -> Verdict:
        """The same where nobody else tells Kela of it; and what runs of the first releases made of a notice."""
        return verdict_before(said, self.known_notice.title if self.known_notice else None)

    def _published(self, at: datetime) -> Published | None:
        if self.known_notice is None:
            return None
        age = at - self.notice_changed_at if self.notice_changed_at else None
        return Published(title=self.known_notice.title, age=age)

    def answers_now(self) -> DeskAnswers:
        """What the desk said last, with the severity and the extent that the situation has now."""
        last = self.decisions[-1]
        return DeskAnswers(
            criteria_met=last.criteria_met,
            severity=self.severity,
            extensive=self.extensive,
            same_as_notice=last.same_as_notice,
            by_supplier=supplier_report(last.supplier_reported_at, last.supplier_reference, self.time_zone),
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
