"""How an incident is announced to those who are told of it: what every letter and text message agrees with."""

from __future__ import annotations

from workflows.incident.messages import Decision
from workflows.incident.towards_kela import TowardsKela
from workflows.procedure.identity_codes import masked
from workflows.procedure.incident.situation import FaultPlace, FaultSituation, fault_place
from workflows.procedure.model import Moment
from workflows.procedure.notices.published import Notice


class Announced(TowardsKela):
    """How the fault stands, by what the desk has said."""

    watch_until: Moment | None = None

    def situation(self, *, is_back: bool = False) -> FaultSituation:
        """How the fault stands now. ``is_back``: whether it is told that it has come back."""
        notice = self.kelas_notice()
        return FaultSituation(
            phase=self.phase,
            place=self.fault_place(),
            is_back=is_back,
            kela_notice=masked(notice.title) if notice else "",
            resolved_at=self.resolved_at,
            watch_until=self.watch_until if self.phase == "watch" else None,
        )

    def fault_place(self) -> FaultPlace:
        """As what the fault is announced: of the Kanta Services, of our own systems, or of their use only."""
        judged, is_test = self.judged_now(), self.opening.environment == "client_test"
        place = fault_place(judged.locality if judged else "", judged.answers if judged else {}, is_test=is_test)
        return "unsaid" if place == "own" and self.kelas_notice() else place

    def kelas_notice(self) -> Notice | None:
        """Kela's notice, where the desk says that it is about this fault."""
        judged = self.judged_now()
        return self.known_notice if judged and judged.same_as_notice == "yes" else None

    def judged_now(self) -> Decision | None:
        """The judgement of the fault as it is now; None until it is judged, at first and after it has come back."""
        last = self.decisions[-1] if self.decisions else None
        return last if last and last.at >= self.handling_since else None
