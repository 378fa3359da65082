"""``kantadesk schema``: JSON Schema (2020-12) of the messages, the start inputs and the status of every process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from starter.terminal.output import say_json

if TYPE_CHECKING:
    from pydantic import BaseModel

    from workflows.contract import Contract

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHORT = {
    ("Incident", "status"): "status",
    ("DataBreach", "status"): "breach_status",
    ("NoticeWatch", "status"): "notice_watch_status",
    ("ContactReview", "status"): "contact_review_status",
    ("NoticeWatch", "notice"): "watch_notice",  # an incident's message has the same name
}
"""Short names that don't follow from process and message; others do: ``triage``, ``maintenance_status``."""


@click.command
@click.argument("name", required=False)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Write one file each into this folder.")
@click.option("--json", "_as_json", is_flag=True, help="It always prints JSON; accepted for the sake of scripts.")
def schema(name: str | None, into: Path | None, _as_json: bool) -> None:
    r"""JSON Schema of everything that can be sent and of what is answered; with NAME, of one of them.

    NAME is a message (triage, Incident.triage), a process for its start input (Incident, DataBreach, ...), or a status
    (status, breach_status, maintenance_status, notice_watch_status). The message notice of the NoticeWatch is called
    watch_notice here.

    \b
      kantadesk schema triage
      kantadesk schema DataBreach
      kantadesk schema > kantadesk.schema.json
      kantadesk schema --into schemas
    """
    if into:
        for path, made in files().items():
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            (into / path).write_text(made, encoding="utf-8")
        say_json({"written": sorted(files()), "into": str(into)})
    else:
        say_json(one(name) if name else everything())


def one(name: str) -> dict[str, Any]:
    """The schema of one message, start input or of a status. Raises ``Wrong``."""
    from starter.terminal.errors import Wrong

    listed = _names()
    longer = {".".join(place).removesuffix(".start"): place for place in places()}
    if name not in listed | longer:
        raise Wrong(f"NAME: there is no such schema; there is {', '.join(listed)}")
    return _schema(name, *(listed | longer)[name])


def everything() -> dict[str, Any]:
    """All of them in one schema, each under ``$defs`` by its name."""
    return {
        "$schema": DIALECT,
        "title": "kantadesk",
        "description": "Messages to each process, the start input of each, and the status of each.",
        "$defs": {name: _schema(name, *place) | {"$id": f"urn:kantadesk:{name}"} for name, place in _names().items()},
    }


def files() -> dict[str, str]:
    """One file a process and message, ``start`` and ``status`` among them: its path and its text."""
    return {
        f"{process}/{part}.json": json.dumps(
            _schema(part, process, part) | {"$id": f"urn:kantadesk:{process}:{part}"}, indent=2, ensure_ascii=False
        )
        + "\n"
        for process, part in places()
    }


def places() -> dict[tuple[str, str], type[BaseModel]]:
    """The model of each part (``start``, ``status``, the messages) of each process."""
    from workflows.contract import CONTRACTS

    return {(process, part): model for process, contract in CONTRACTS.items() for part, model in _parts(contract)}


def _parts(contract: Contract) -> list[tuple[str, type[BaseModel]]]:
    return [("start", contract.opening), *contract.messages.items(), ("status", contract.status)]


def _names() -> dict[str, tuple[str, str]]:
    """The short name of each schema: a message that other processes take in the same form has one name for all."""
    models, names = places(), dict[str, tuple[str, str]]()
    for process, part in models:
        short = SHORT.get((process, part)) or _usual_name(process, part)
        if short not in names:
            names[short] = (process, part)
        elif models[names[short]] is not models[process, part]:
            names[f"{process}.{part}"] = (process, part)
    return names


def _usual_name(process: str, part: str) -> str:
    return {"start": process, "status": f"{process.lower()}_status"}.get(part, part)


def _schema(name: str, process: str, part: str) -> dict[str, Any]:
    from workflows.process.examples import EXAMPLES

    model = places()[process, part]
    made = model.model_json_schema(mode="serialization" if part == "status" else "validation")
    shown = EXAMPLES.get(SHORT.get((process, part), process if part == "start" else part))
    return {"$schema": DIALECT, **made, "title": name, **({"examples": [shown]} if shown else {})}
