"""Names in the operating model that must lead somewhere: contacts, groups, roles, ladders, the criteria version.

Works on the validated model and on the bare contents of the file alike, so that a file with a wrong value somewhere
still gets *all* its faults listed at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from workflows.procedure.duties import DutyKind, Ladder, Role
from workflows.procedure.incident.criteria import VERSIONS

NEEDED_LADDERS: tuple[DutyKind, ...] = ("triage", "report_to_kela", "phone_kela")
Place = tuple[str | int, ...]
"""Where something stands: keys, and positions in lists from 0."""


class Dangling(NamedTuple):
    """A name that leads nowhere, or one that is missing: where, and what to do."""

    place: Place
    fault: str


def entries(node: Any, *pattern: str) -> Iterator[tuple[Place, Any]]:
    """Everything at a pattern of keys, ``*`` being any key or position; what has another shape is passed over."""
    if not pattern:
        yield (), node
        return
    inside = _inside(node)
    for key in inside if pattern[0] == "*" else [key for key in (pattern[0],) if key in inside]:
        for place, value in entries(inside[key], *pattern[1:]):
            yield (key, *place), value


def _inside(node: Any) -> dict[Any, Any]:
    if isinstance(node, BaseModel | Mapping):
        return dict(node)
    return dict(enumerate(node)) if isinstance(node, list | tuple) else {}


def dangling(model: Any) -> list[Dangling]:
    """Every name in an operating model (validated, or as read from the file) that leads nowhere."""
    return [
        *_unknown_contacts(model),
        *_unknown_groups(model),
        *_roles_without_holder(model),
        *_missing_ladders(model),
        *_unknown_version(model),
        *_unknown_channels(model),
        *_a_quiet_desk(model),
    ]


def _unknown_contacts(model: Any) -> Iterable[Dangling]:
    contacts = {place[1] for place, _ in entries(model, "contacts", "*")}
    for pattern in (("roles", "*", "contacts"), ("roles", "*", "deputies"), ("contacts", "*", "deputies")):
        for place, name in entries(model, *pattern, "*"):
            if contacts and isinstance(name, str) and name not in contacts:
                yield Dangling(place, f"there is no contact {name!r}")
    owners = [*entries(model, "contacts", "*", "owner"), *entries(model, "roles", "*", "owner")]
    for place, name in owners:
        if isinstance(name, str) and name and name not in contacts:
            yield Dangling(place, f"there is no contact {name!r}")


def _unknown_groups(model: Any) -> Iterable[Dangling]:
    groups = {group for _, group in entries(model, "contacts", "*", "groups", "*") if isinstance(group, str)}
    told = [*entries(model, "telling", "*", "*"), *entries(model, "maintenance", "points", "*", "groups", "*")]
    for place, name in told:
        if isinstance(name, str) and name not in groups:
            yield Dangling(place, f"no contact is in group {name!r}")


def _roles_without_holder(model: Any) -> Iterable[Dangling]:
    """Each role that a ladder turns to, once: at the first place that names it."""
    held = {place[1] for place, _ in entries(model, "roles", "*")}
    if "desk" not in held and any(entries(model, "roles")):
        yield Dangling(("roles", "desk"), "is needed: what nobody else answers for falls to the desk")
    seen = held | {"desk"}
    for place, role in _roles_in_ladders(model):
        if role in get_args(Role) and role not in seen:
            seen.add(role)
            yield Dangling(place, f"nobody holds the role {role!r}: say under roles.{role} who does")


def _roles_in_ladders(model: Any) -> Iterable[tuple[Place, Any]]:
    yield from entries(model, "ladders", "*", "reminders", "*", "to")
    for place, ladder in entries(model, "ladders", "*"):
        if "overdue_to" in _inside(ladder):
            yield from (((*place, *rest), role) for rest, role in entries(ladder, "overdue_to", "*"))
        else:
            default = enumerate(Ladder.model_fields["overdue_to"].default)
            yield from (((*place, "overdue_to", number), role) for number, role in default)


def _missing_ladders(model: Any) -> Iterable[Dangling]:
    for _, ladders in entries(model, "ladders"):
        missing = [kind for kind in NEEDED_LADDERS if kind not in _inside(ladders)]
        yield from (Dangling(("ladders", kind), "is needed") for kind in missing)


def _a_quiet_desk(model: Any) -> Iterable[Dangling]:
    """Quiet hours of all who hold the desk: at night nobody would be alarmed."""
    contacts = {place[1]: _inside(entry) for place, entry in entries(model, "contacts", "*")}
    usual = next((hours for _, hours in entries(model, "holding_back", "quiet_hours")), "")
    desk = [name for _, name in entries(model, "roles", "desk", "contacts", "*") if name in contacts]
    if desk and all((contacts[name].get("quiet_hours") or usual) not in ("", "never") for name in desk):
        what = 'somebody in this role must have none: write quiet_hours = "never" at the contact'
        yield Dangling(("roles", "desk", "contacts"), f"all have quiet hours, and nobody would be alarmed then: {what}")


def _unknown_channels(model: Any) -> Iterable[Dangling]:
    """Each channel that its contact has no address for, or names twice."""
    for place, contact in entries(model, "contacts", "*"):
        entry = _inside(contact)
        known = {"email", *_inside(entry.get("addresses"))} | ({"text_message"} if entry.get("text_message") else set())
        seen: set[str] = set()
        for rest, name in entries(entry, "channels", "*"):
            if not isinstance(name, str):
                continue
            if name in seen:
                yield Dangling((*place, *rest), f"names {name!r} twice")
            elif name == "text_message" and name not in known:
                yield Dangling((*place, *rest), "the contact has no text_message: say where text messages go")
            elif name not in known:
                yield Dangling((*place, *rest), f"the contact has no address {name!r}: say it under its addresses")
            seen.add(name)


def _unknown_version(model: Any) -> Iterable[Dangling]:
    for place, version in entries(model, "criteria_version"):
        if isinstance(version, str) and version not in VERSIONS:
            yield Dangling(place, f"{version!r} is not known: use one of {', '.join(VERSIONS)}")
