"""What a shell completes: references, services, duties, criteria, contacts; nothing where nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem

Offered = list[CompletionItem]
Completer = Callable[[click.Context, click.Parameter, str], Offered]
ANSWERS = ("yes", "no", "unknown")


def completed(what: str, *of: str) -> Completer:
    """A completer for click. ``what``: one of ``SOURCES``; ``of``: which of them."""

    def complete(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> Offered:
        try:
            return SOURCES[what](ctx, incomplete, of)
        except Exception:  # noqa: BLE001  # a shell can show no fault: it is shown when the command runs
            return []

    return complete


def _references(_ctx: click.Context, incomplete: str, of: tuple[Any, ...]) -> Offered:
    """Those that are open, also by how a later part of them begins."""
    from starter.client.meant import open_now

    rows, wanted = open_now(*of), incomplete.casefold()
    begun = [row for row in rows if row.reference.casefold().startswith(wanted)]
    part = [row for row in rows if any(f"{mark}{wanted}" in row.reference.casefold() for mark in "-._")]
    return [CompletionItem(row.reference, help=row.shown_phase) for row in begun or part]


def _drills(_ctx: click.Context, incomplete: str, of: tuple[Any, ...]) -> Offered:
    from starter.client.meant import open_now

    drills = {row.reference for row in open_now(*of) if row.drill}
    return [each for each in _references(_ctx, incomplete, of) if each.value in drills]


def _services(_ctx: click.Context, incomplete: str, _of: tuple[str, ...]) -> Offered:
    from starter.language.words import spoken
    from workflows.procedure.services import SERVICES

    wanted = incomplete.casefold()
    fitting = [
        each
        for each in SERVICES.values()
        if each.id.casefold().startswith(wanted) or any(name.casefold().startswith(wanted) for name in each.names())
    ]
    return [CompletionItem(each.id, help=each.name.in_(spoken())) for each in fitting]


def _criteria(_ctx: click.Context, incomplete: str, _of: tuple[str, ...]) -> Offered:
    from workflows.procedure.incident.criteria import DEFAULT_VERSION, VERSIONS

    ids = [each.id for each in VERSIONS[DEFAULT_VERSION].criteria]
    name, equals, _ = incomplete.partition("=")
    return _beginning((f"{each}={answer}" for each in ids for answer in ANSWERS), incomplete) if (
        equals or name in ids
    ) else _beginning((f"{each}=" for each in ids), incomplete)  # fmt: skip


def _duties(ctx: click.Context, incomplete: str, _of: tuple[str, ...]) -> Offered:
    """The open duties of the processes of the reference that was typed before."""
    from starter.client.meant import duties_open_now

    return _beginning(duties_open_now(str(ctx.params.get("ref") or "")), incomplete)


def _contacts(_ctx: click.Context, incomplete: str, _of: tuple[str, ...]) -> Offered:
    from starter.client.configuration import operating_model, settings_in_force

    model = operating_model(settings_in_force())
    known = model.contacts if model else {}
    return [CompletionItem(each, help=known[each].name) for each in known if each.startswith(incomplete)]


def _groups(_ctx: click.Context, incomplete: str, _of: tuple[str, ...]) -> Offered:
    from starter.client.configuration import operating_model, settings_in_force

    model = operating_model(settings_in_force())
    contacts = model.contacts.values() if model else ()
    return _beginning(sorted({group for each in contacts for group in each.groups}), incomplete)


def _beginning(words: Iterable[str], incomplete: str) -> Offered:
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


SOURCES: dict[str, Callable[[click.Context, str, tuple[Any, ...]], Offered]] = {
    "references": _references,
    "drills": _drills,
    "services": _services,
    "criteria": _criteria,
    "duties": _duties,
    "contacts": _contacts,
    "groups": _groups,
}
