"""A stretch of time: how maintenance and notices say when a service is out of use."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from workflows.procedure.model import Model, Moment


class Window(Model):
    """A stretch of time in which the services are out of use."""

    starts_at: Moment
    ends_at: Moment

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at: must be later than starts_at")
        return self
