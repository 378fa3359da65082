"""The risk of a breach to the persons: what is said of it, and what is kept. Part of the public contract."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from workflows.procedure.breach.terms import Risk
from workflows.procedure.languages import Language
from workflows.procedure.model import Moment, NeededText, Text
from workflows.procedure.names import Said
from workflows.process.messages import Message

PlainWords = Annotated[
    dict[Language, Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]], Field(max_length=3)
]
"""A text for the persons concerned, by the language in which it is written: a text of people is never translated."""


class RiskAssessment(Message):
    """The risk to the rights and freedoms of natural persons (GDPR 33(1), 34(1)). May be sent again."""

    risk: Risk
    reasons: NeededText
    categories: Text = ""
    """Categories of persons and of records."""
    subjects_estimate: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    records_estimate: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None
    consequences: Text = ""
    measures: Text = ""
    began_at: Moment | None = None
    """What was not known at first: said here it takes the place of what the suspicion said."""
    cause: Text = ""
    measures_before: Text = ""
    plain_event: PlainWords = Field(default_factory=dict)
    """For the letter to the persons (GDPR 34(2)), in plain words: what happened to their data."""
    plain_consequences: PlainWords = Field(default_factory=dict)
    """What it may mean for them."""
    plain_measures: PlainWords = Field(default_factory=dict)
    """What the organisation does about it."""
    plain_advice: PlainWords = Field(default_factory=dict)
    """What they can do themselves."""


class RiskDecision(Said):
    """One assessment of the risk, as decided."""

    at: Moment
    risk: Risk
    reasons: str
    categories: str = ""
    subjects_estimate: int | None = None
    records_estimate: int | None = None
    consequences: str = ""
    measures: str = ""
    began_at: Moment | None = None
    cause: str = ""
    measures_before: str = ""
    plain_event: dict[Language, str] = Field(default_factory=dict)
    plain_consequences: dict[Language, str] = Field(default_factory=dict)
    plain_measures: dict[Language, str] = Field(default_factory=dict)
    plain_advice: dict[Language, str] = Field(default_factory=dict)
