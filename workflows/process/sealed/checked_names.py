"""Names that become part of a path or of an id: each is checked, so that none can lead out of its folder."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

CaseName = Annotated[str, Field(pattern=r"^(?:[a-z_]{1,20}~)?[A-Za-z0-9._-]{1,80}(?:~[A-Za-z0-9-]{1,40})?$")]
"""A folder of evidence: a reference; before it the kind of a process that is no incident, after it a later start."""

ProcessReference = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
"""The reference of a process, with the number of a further breach."""

FileSafe = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$")]
"""A contact's id where it is part of a file's name."""

WorkflowId = Annotated[
    str, Field(pattern=r"^(?:incident-|breach-|maintenance-|notice-watch$|contact-review$)[A-Za-z0-9._-]{0,80}$")
]
"""The workflow id of one of our processes."""

MessageName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,59}$")]

ProcessType = Literal["Incident", "DataBreach", "Maintenance"]
"""What a process may start."""


def _one_name(name: str) -> str:
    if name in ("", ".", "..") or any(sign in name for sign in "/\\\0"):
        raise ValueError("must be a file's name, without a folder")
    return name


FileName = Annotated[str, AfterValidator(_one_name)]
"""The name of one file."""
