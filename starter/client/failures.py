"""What Temporal raises, as our own failures in plain words (``starter.terminal.errors``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import (
    RPCTimeoutOrCancelledError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from starter.client.configuration import settings_in_force
from starter.client.outside import said_of
from starter.language.heard import heard
from starter.language.names import process as named
from starter.language.words import N_, _
from starter.terminal.errors import NotThere, Refused, Unreachable, Wrong
from workers.refused_connection import NOT_LET_IN

PROCESSES = ("incident", "breach", "maintenance")
NO_WORKER = N_(
    'no worker is answering; start one ("kantadesk up", or "kantadesk worker" beside your Temporal) and try again'
)
NOT_ALLOWED = N_(
    "Temporal does not allow this with the token shown: set TEMPORAL_API_KEY to one whose role suffices "
    "(docs/security.md)"
)
"""Of a role that does not suffice and of a token that is out of date alike: the server says no more."""
NO_DESK = N_(
    'the desk does not answer: it is stopped, or the connection was lost; start it ("kantadesk up") and try again'
)
"""Of a connection that was lost in the middle."""
SHOWN_BY: dict[str, str] = {"breach": "breach list", "maintenance": "maintenance list --all"}
"""The command that lists what there is; of incidents, where nothing else is said."""


@contextmanager
def failures(of: str, no_answer: str = "") -> Iterator[None]:
    """Put what Temporal raises into plain words."""
    try:
        yield
    except WorkflowUpdateFailedError as error:
        raise Refused(_("refused: {reason}", reason=heard(str(getattr(error.cause, "message", error.cause))))) from None
    except (TimeoutError, RPCTimeoutOrCancelledError):
        raise Unreachable(no_answer or _(NO_WORKER)) from None
    except WorkflowQueryFailedError as error:
        raise Unreachable(
            _("the worker could not answer about {of}: {message}", of=named(of), message=error.message)
        ) from None
    except RPCError as error:
        raise in_words_of_ours(error, of, no_answer) from None


def in_words_of_ours(error: RPCError, of: str, no_answer: str = "") -> Exception:
    """What to raise for an error of Temporal's: which of our failures it is, and what to do."""
    if error.status is RPCStatusCode.NOT_FOUND and "amespace" not in error.message:
        shown_by = SHOWN_BY.get(of.partition(" ")[0], "incident list --all")
        return NotThere(
            _said_by_book(of)
            or _('there is no {of}; "kantadesk {shown_by}" shows what there is', of=named(of), shown_by=shown_by)
        )
    nobody_polls = error.status is RPCStatusCode.FAILED_PRECONDITION and "poller" in error.message
    if nobody_polls or error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
        return Unreachable(no_answer or _(NO_WORKER))
    if "failed state" in error.message:
        return Unreachable(
            _("{of} is stuck: the worker can't go on with it; see the worker's log and tell who runs it", of=named(of))
        )
    if error.status is RPCStatusCode.INVALID_ARGUMENT:
        return Wrong(
            _('Temporal refused this: {message}; "kantadesk doctor" says what is missing', message=error.message)
        )
    if error.status is RPCStatusCode.UNAVAILABLE or "connect error" in error.message:
        return Unreachable(_(NO_DESK))
    answered = N_('Temporal answered with an error: {message}; "kantadesk doctor" says what is missing')
    return Unreachable(_(NOT_ALLOWED) if error.status in NOT_LET_IN else _(answered, message=error.message))


def _said_by_book(of: str) -> str:
    """What the book of processes says of one that Temporal does not know (any more); empty where it knows nothing."""
    process, reference = (of.partition(" ")[0], of.partition(" ")[2])
    if process not in PROCESSES or not reference:
        return ""
    return said_of(process, reference, settings_in_force().data_dir)
