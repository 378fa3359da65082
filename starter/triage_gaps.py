"""What a triage still lacks."""

from __future__ import annotations

from typing import Any, NoReturn

from starter.failure import Wrong
from starter.printing import clean
from workflows.procedure.criteria import VERSIONS, Criterion, conjunction


def version_criteria(fields: dict[str, Any]) -> tuple[Criterion, ...]:
    """The criteria of the version asked for; raises ``Wrong`` where there is no such version."""
    version = fields["criteria_version"]
    if version not in VERSIONS:
        raise Wrong(f"--criteria-version: is not known; give one of {', '.join(VERSIONS)}")
    return VERSIONS[version].criteria


def fill_from_parts(fields: dict[str, Any]) -> None:
    """Answer each criterion all of whose conditions are answered, or one of them with no. Raises ``Wrong``."""
    known = {criterion.id: criterion for criterion in version_criteria(fields)}
    _check_answers(fields.get("criteria", {}), known)
    parts = fields.get("parts", {})
    if not isinstance(parts, dict):
        return  # the model says what is wrong
    for name, answers in parts.items():
        ids = [part.id for part in known[name].parts] if name in known else []
        if not ids or not isinstance(answers, dict) or not set(answers) <= set(ids):
            with_parts = [f"{c.id}.{part.id}" for c in known.values() for part in c.parts]
            raise Wrong(f"--part: there is no such condition; there is {', '.join(with_parts)}")
        if "no" in answers.values() or set(answers) == set(ids):
            fields.setdefault("criteria", {}).setdefault(name, conjunction(answers))


def _check_answers(answers: Any, known: dict[str, Criterion]) -> None:
    """Raise ``Wrong`` for an answer that can't be one, before anything else is asked."""
    if not isinstance(answers, dict):
        return  # the model says what is wrong
    for name, answer in answers.items():
        if name not in known:
            raise Wrong(f"--criterion: {clean(str(name))[:60]} is not a criterion; there is {', '.join(known)}")
        if answer not in ("yes", "no", "unknown"):
            raise Wrong(f"--criterion {name}: answer yes, no or unknown")


def gaps(fields: dict[str, Any]) -> list[str]:
    """The options that are still needed."""
    answered = fields.get("criteria", {})
    missing = [f"--criterion {c.id}=yes|no|unknown" for c in version_criteria(fields) if c.id not in answered]
    if "severity" not in fields:
        missing.append("--severity critical|high|medium|low")
    if "extensive" not in fields:
        missing.append("--extensive or --not-extensive")
    return missing


def say_gaps(fields: dict[str, Any]) -> NoReturn:
    """Raise ``Wrong`` with everything that is missing."""
    raise Wrong(f"the triage is not complete; add {', '.join(gaps(fields))} (in a terminal it asks you)")
