"""Breaches that Temporal no longer lists: what their evidence, or an earlier register, still knows of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from activities.book.sqlite import SqliteBook
from activities.breach.outside import Done, Missed
from activities.breach.register import Gone, Kept, LastKnown
from workflows.breach.messages import BreachStatus

KNOWN = "breaches-known.json"
"""What every export into a folder has known, of any period; no part of the register."""
_FOLDER = "case-breach~"
"""How the folder of a breach's evidence begins; its reference follows."""
DONE = ("was_reset", "replaced", "let_go")
"""What the register says of what was done to a breach from outside."""


class Found(NamedTuple):
    """The statuses that were kept, and what is said of them."""

    statuses: list[BreachStatus]
    kept: Kept


class Before(NamedTuple):
    """What earlier exports into a folder knew: breaches, each as of when, and those with nothing but a folder."""

    known: dict[str, LastKnown]
    folder_only: dict[str, datetime]


def known_before(out: Path) -> Before:
    """What earlier exports into ``out`` knew, of any period; what can't be read is passed over."""
    known: dict[str, LastKnown] = {}
    folder_only: dict[str, datetime] = {}
    for file in (out / "breach-register.json", out / KNOWN):
        found = _json_in(file)
        gone = _dict_of(found, "no_longer_listed")
        folder_only |= {name: at for name, each in _dict_of(found, "folder_only").items() if (at := _moment(each))}
        for each in found.get("breaches") or ():
            entry = each if isinstance(each, dict) else {}
            status = _status(entry.get("status", entry))
            if status is None:
                continue
            as_of = _moment(entry.get("as_of")) or _moment(_dict_of(gone, status.reference).get("as_of"))
            one = LastKnown(status, as_of or _moment(found.get("made_at")) or _written_at(file))
            if (there := known.get(status.reference)) is None or there.as_of < one.as_of:
                known[status.reference] = one
    return Before(known, folder_only)


def gone_breaches(evidence: Path, before: Before, listed: Collection[str], *, drills: bool) -> Found:
    """Every breach that its folder under ``evidence`` or an earlier export knows and that is not ``listed``.

    ``drills``: also drills. A folder whose record is not there or can't be read is named all the same.
    """
    statuses: dict[str, BreachStatus] = {}
    gone: dict[str, Gone] = {}
    folder_only = {name: at for name, at in before.folder_only.items() if name not in listed}
    for reference, folder in _folders(evidence):
        if reference in listed:
            continue
        if (status := _recorded(folder / "record.json")) is None:
            folder_only[reference] = _newest(folder)
            continue
        folder_only.pop(reference, None)
        if drills or not status.drill:
            statuses[reference] = status
            gone[reference] = Gone("evidence", _written_at(folder / "record.json"))
    for reference, one in before.known.items():
        if reference not in {*listed, *statuses} and (drills or not one.status.drill):
            statuses[reference] = one.status
            gone[reference] = Gone("earlier_register", one.as_of)
            folder_only.pop(reference, None)
    return Found(list(statuses.values()), Kept(gone, folder_only))


def with_book(found: Found, data_dir: Path, listed: Collection[str], *, drills: bool) -> Found:
    """What was found, with what the book of processes adds: what was done from outside, what only it still knows."""
    book = SqliteBook(data_dir)
    runs = {run.reference: run for run in book.latest() if run.process == "breach" and (drills or not run.drill)}
    done: dict[str, list[Done]] = {}
    for each in book.happened(also_told=True):
        if each.workflow_id.startswith("breach-") and each.kind in DONE:
            done.setdefault(each.workflow_id.removeprefix("breach-"), []).append(Done(each.kind, each.at))
    lost = {name: run for name, run in runs.items() if run.state in ("gone", "let_go") and name not in listed}
    for name, run in lost.items():
        done.setdefault(name, []).insert(0, Done("deleted", run.last_seen))
    known = {status.reference for status in found.statuses}
    missed = {
        name: Missed(run.last_seen, run.counts_from, run.soonest(), tuple(d.id for d in run.duties if d.is_open))
        for name, run in lost.items()
        if name not in known
    }
    folder_only = {name: at for name, at in found.kept.folder_only.items() if name not in missed}
    return Found(found.statuses, found.kept._replace(missed=missed, done=done, folder_only=folder_only))


def _folders(evidence: Path) -> Iterator[tuple[str, Path]]:
    if evidence.is_dir():
        for folder in sorted(evidence.glob(f"{_FOLDER}*")):
            if folder.is_dir() and "~" not in (name := folder.name.removeprefix(_FOLDER)):  # else a second start's own
                yield name, folder


def _recorded(record: Path) -> BreachStatus | None:
    try:
        return BreachStatus.model_validate_json(record.read_bytes())
    except (OSError, ValidationError):
        return None


def _json_in(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    is_readable = isinstance(found, dict) and isinstance(found.get("breaches"), list)
    return found if is_readable else {}


def _dict_of(found: dict[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _status(found: Any) -> BreachStatus | None:
    try:
        return BreachStatus.model_validate(found)
    except ValidationError:
        return None


def _moment(written: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


def _newest(folder: Path) -> datetime:
    return max(map(_written_at, [folder, *folder.rglob("*")]))


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
