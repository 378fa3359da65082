"""The command ``kantadesk``: its groups, and the one way in which every command ends.

A short-lived Temporal client can crash when the interpreter exits, after the work is done (8 of 40 runs, measured): so
every command ends by flushing its output and ``os._exit``.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from starter.language.chosen import language_of
from starter.language.click_words import teach_click
from starter.language.help import in_force
from starter.language.words import _, speak
from starter.lazy import Entry, LazyGroup

INTERRUPTED = 130
FAULT_OF_OURS = 1

GROUPS = {
    "up": Entry("serve.up:up", "Run everything on this machine: Temporal, Web, worker."),
    "demo": Entry("demo.command:demo", "One complete incident as a drill, told in the terminal."),
    "incident": Entry("incident.group:incident", "Open an incident and see it through."),
    "breach": Entry("breach.group:breach", "A suspected breach of personal data, and its legal clock."),
    "maintenance": Entry("maintenance.group:maintenance", "A planned break: announced, changed, withdrawn."),
    "duty": Entry("duty.group:duty", "What has to be done, by when; mark it done."),
    "board": Entry("board.command:board", "Open duties, live: in a terminal or on a wall."),
    "shift": Entry("shift.group:shift", "Begin a shift by name; hand over to the next on one page."),
    "whoami": Entry("shift.whoami:whoami", "In whose name commands speak here."),
    "guide": Entry("guide.command:guide", "The night duty on one page."),
    "notices": Entry("notices.group:notices", "What Kanta has published, and what was done about it."),
    "contacts": Entry("contacts.group:contacts", "Who must be reached, and whether their details are right."),
    "evidence": Entry("evidence:evidence", "The evidence of an incident; verify it offline."),
    "web": Entry("web.command:web", "Addresses of Temporal Web: what is open, overdue, refused, stuck."),
    "drill": Entry("drill.command:drill", "Drills: move the clock of one, schedule one a week."),
    "schema": Entry("schema:schema", "JSON Schema of everything that can be sent."),
    "doctor": Entry("doctor.command:doctor", "Check everything an installation needs."),
    "setup": Entry("serve.setup:setup", "Register search attributes, retention, schedules."),
    "worker": Entry("serve.worker:worker", "Run a worker until Ctrl-C."),
    "codec-server": Entry("serve.codec_server:codec_server", "Let Temporal Web read what is encrypted."),
    "keys": Entry("keys.group:keys", "The encryption keys: rotate them, see which are needed."),
    "completion": Entry("completion:completion", "Print the completion script for a shell."),
}


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from starter.release import version_and_commit

        click.echo(f"kantadesk {version_and_commit()}")
        ctx.exit()


cli = LazyGroup(
    "kantadesk",
    entries=GROUPS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="""The incident desk for organisations that use Finland's Kanta Services.

\b
A fault, start to end:
  kantadesk incident open --title "Prescriptions can't be opened" --service PRESCRIPTION
  kantadesk incident triage INC-20261122-7F3K        asks you everything it needs
  kantadesk incident call INC-20261122-7F3K --reached --person "M. Virtanen"
  kantadesk duty list                                what is due next
  kantadesk incident resolve INC-20261122-7F3K --cause "..." --remedy "..."

Nothing runs yet? "kantadesk up" starts everything on this machine.
"kantadesk doctor" says what is missing.""",
    params=[
        click.Option(["--debug"], is_flag=True, help="Show the stack trace of an unexpected fault."),
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_version,
            help="Show version and commit.",
        ),
    ],
)


COMPLETE = "_KANTADESK_COMPLETE"
"""By which a shell asks what to complete."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code; errors go to stderr as one line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    teach_click()
    speak(language_of(given))
    if COMPLETE in os.environ:
        from starter.shells import register

        register()
    try:
        code = in_force(cli).main(given, prog_name="kantadesk", complete_var=COMPLETE, standalone_mode=False)
    except SystemExit as ending:
        code = ending.code
    except (click.Abort, KeyboardInterrupt):
        _complain(_("stopped; nothing more was done"))
        return INTERRUPTED
    except click.ClickException as error:
        return _said_so(error)
    except BrokenPipeError:  # the reader of our output has gone (kantadesk ... | head)
        return 0
    except Exception as error:  # noqa: BLE001  # the last line of defence: one line instead of a stack trace
        return _unexpected(error, "--debug" in given)
    return code if isinstance(code, int) else 0


def main() -> None:
    """Entry point of ``kantadesk``. Never returns: see the module's text."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that can't show a letter shows a question mark
    code = run()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # as above
            continue
    os._exit(code)


def _said_so(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    if isinstance(error, click.MissingParameter) and error.param and error.ctx:
        from starter.terminal.needed import missing

        _complain(missing(error.param, error.ctx))
        return error.exit_code
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    how = " " + _('("{command} --help" shows how)', command=ctx.command_path) if ctx else ""
    _complain(error.format_message() + how)
    return error.exit_code


def _complain(text: str) -> None:
    from starter.terminal.output import complain

    complain(text)


def _unexpected(error: Exception, wants_trace: bool) -> int:
    if wants_trace:
        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}"
    _complain(_("unexpected fault: {what} (again with --debug for the details)", what=what))
    return FAULT_OF_OURS
