"""``kantadesk schema``: JSON Schema (2020-12) of the messages, the start inputs and the status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from starter.printing import say_json

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@click.command
@click.argument("name", required=False)
@click.option("--json", "_as_json", is_flag=True, help="It is JSON always; taken for the sake of scripts.")
def schema(name: str | None, _as_json: bool) -> None:
    r"""JSON Schema of everything that can be sent and of what is answered; with NAME, of one of them.

    NAME is a message (triage, risk_assessment, ...), a start input (Incident, DataBreach, Maintenance, NoticeWatch),
    status, breach_status, maintenance_status or notice_watch_status. The message notice of the NoticeWatch is called
    watch_notice here.

    \b
      kantadesk schema triage
      kantadesk schema DataBreach
      kantadesk schema > kantadesk.schema.json
    """
    say_json(one(name) if name else everything())


def one(name: str) -> dict[str, Any]:
    """The schema of one message, start input or of the status. Raises ``Wrong``."""
    from starter.failure import Wrong

    models = _models()
    if name not in models:
        raise Wrong(f"NAME: there is no such schema; there is {', '.join(models)}")
    return _schema(name, models[name])


def everything() -> dict[str, Any]:
    """All of them in one schema, each under ``$defs`` by its name."""
    return {
        "$schema": DIALECT,
        "title": "kantadesk",
        "description": "Messages to each process, the start input of each, and the status of each.",
        "$defs": {name: _schema(name, model) | {"$id": f"urn:kantadesk:{name}"} for name, model in _models().items()},
    }


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    from workflows.examples import EXAMPLES

    made = model.model_json_schema(mode="serialization" if name.endswith("status") else "validation")
    examples = {"examples": [EXAMPLES[name]]} if name in EXAMPLES else {}
    return {"$schema": DIALECT, **made, "title": name, **examples}


def _models() -> dict[str, type[BaseModel]]:
    from workflows.contract import CONTRACTS

    incident, breach, maintenance = CONTRACTS["Incident"], CONTRACTS["DataBreach"], CONTRACTS["Maintenance"]
    watch = CONTRACTS["NoticeWatch"]
    return {
        "Incident": incident.opening,
        **incident.messages,
        "status": incident.status,
        "DataBreach": breach.opening,
        **breach.messages,  # those of one name are one model in all
        "breach_status": breach.status,
        "Maintenance": maintenance.opening,
        **maintenance.messages,
        "maintenance_status": maintenance.status,
        "NoticeWatch": watch.opening,
        "watch_notice": watch.messages["notice"],  # an incident's message has the same name
        "look_now": watch.messages["look_now"],
        "notice_watch_status": watch.status,
    }
