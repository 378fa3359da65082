"""Breaches that Temporal no longer lists: what their evidence, or an earlier register, still knows of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from activities.breach.register import Gone, Kept
from workflows.breach.messages import BreachStatus

_FOLDER = "case-breach~"
"""How the folder of a breach's evidence begins; its reference follows."""


class Found(NamedTuple):
    """The statuses that were kept, and what is said of them."""

    statuses: list[BreachStatus]
    kept: Kept


def gone_breaches(evidence: Path, out: Path, listed: Collection[str], *, drills: bool) -> Found:
    """Every breach that its folder under ``evidence`` or the register in ``out`` knows and that is not ``listed``.

    ``drills``: also drills. A folder whose record is not there or can't be read is named all the same.
    """
    statuses: dict[str, BreachStatus] = {}
    gone: dict[str, Gone] = {}
    folder_only: dict[str, datetime] = {}
    for reference, folder in _folders(evidence):
        if reference in listed:
            continue
        if (status := _recorded(folder / "record.json")) is None:
            folder_only[reference] = _newest(folder)
        elif drills or not status.drill:
            statuses[reference] = status
            gone[reference] = Gone("evidence", _written_at(folder / "record.json"))
    register = out / "breach-register.json"
    for status in _registered(register):
        if status.reference not in {*listed, *statuses} and (drills or not status.drill):
            statuses[status.reference] = status
            gone[status.reference] = Gone("earlier_register", _written_at(register))
            folder_only.pop(status.reference, None)
    return Found(list(statuses.values()), Kept(gone, folder_only))


def _folders(evidence: Path) -> Iterator[tuple[str, Path]]:
    if evidence.is_dir():
        for folder in sorted(evidence.glob(f"{_FOLDER}*")):
            if folder.is_dir():
                yield folder.name.removeprefix(_FOLDER), folder


def _recorded(record: Path) -> BreachStatus | None:
    try:
        return BreachStatus.model_validate_json(record.read_bytes())
    except (OSError, ValidationError):
        return None


def _registered(register: Path) -> Iterator[BreachStatus]:
    """The breaches of an earlier register; those of which only a folder was left stay with their folder."""
    try:
        found = list(json.loads(register.read_bytes())["breaches"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    for each in found:
        try:
            yield BreachStatus.model_validate(each)
        except ValidationError:
            continue


def _newest(folder: Path) -> datetime:
    return max(map(_written_at, [folder, *folder.rglob("*")]))


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
