"""How contact details are kept up: the cycle, what else is asked for, and how somebody is reminded of what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field

from workflows.procedure import rule_data
from workflows.procedure.duties import Ladder, Role
from workflows.procedure.model import Duration, Model
from workflows.procedure.operating_model.ladders import SoundLadder

CheckId = Literal["extranet", "suppliers", "directory", "test_call"]
"""What others keep, or only a try can tell: the list in the Kanta Extranet, the suppliers' helpdesks, the directory of
authorities, a call to each emergency number."""
A_DAY = timedelta(days=1)
Cycle = Annotated[Duration, Field(ge=A_DAY, le=timedelta(days=3660))]


class ContactCheck(Model):
    """One of them: how often it is asked for, of which role; where that stands, and whether anybody has checked it."""

    every: Cycle
    by: Role
    source: str
    verified: bool


_DATA = rule_data.read("contact_review")
CHECKS: dict[CheckId, ContactCheck] = {
    name: ContactCheck.model_validate(_DATA["checks"][name]) for name in get_args(CheckId)
}
SOURCE: str = _DATA["source"]
IS_VERIFIED: bool = _DATA["verified"]


class ReviewRules(Model):
    """The table ``[contact_review]`` of the operating model. Lengths are elapsed times."""

    every: Annotated[Cycle, Field(validate_default=True)] = _DATA["every"]
    ask_at: Annotated[int, Field(ge=0, le=23)] = _DATA["ask_at"]
    first_after: Annotated[Duration, Field(ge=timedelta(0))] = Field(
        default=_DATA["first_after"], validate_default=True
    )
    at_once: SoundLadder = Ladder.model_validate(_DATA["at_once"])
    checks: dict[CheckId, Cycle] = Field(default_factory=dict)
    """How often something else is asked for, where it is not as often as the data says."""

    def check_every(self, check: CheckId) -> timedelta:
        """How often something else is asked for."""
        return self.checks.get(check, CHECKS[check].every)
