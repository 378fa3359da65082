"""The board in a terminal: a table that counts down, and a page for one incident or breach."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from temporalio.client import Client
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Static

from starter.board.columns import GIVEN_UP, columns
from starter.board.lines import Line, summary
from starter.board.snapshot import Look, Looking
from starter.client.client import breach_status_of, clock_of, status_of
from starter.client.names import workflow_id_of
from starter.client.open_duties import CONTACT_REVIEW
from starter.contacts.review_client import review_status
from starter.contacts.standing import in_doubt
from starter.language import names
from starter.language.moments import short
from starter.language.words import N_, _
from starter.terminal.errors import NotThere, Unreachable
from starter.terminal.fitted import Column, fitted, widths
from starter.terminal.output import clean
from starter.terminal.time_input import now
from starter.terminal.wrapped import wrapped
from starter.views import breach, incident
from starter.views.kela import kelas_number, whom_at_kela
from starter.web.filters import process_address

Fit = list[tuple[str, int]]
"""The columns that are shown: name and width."""
AROUND = 4
"""Columns of the screen beside the cells: the edges of the table, and its scroll bar."""
ROW_LINES = 3
TICK = 1.0
STYLES = {"late": "bold", "soon": "", "later": "dim"}
TABLE_KEYS = ("open_item", "only_late", "no_drills", "look_now", "say_keys")
KEYS = N_("Enter: all about it   o: only what is late   d: without drills   r: look now   q: end")


class Board(App[None]):
    """Open duties, soonest first. What it shows stays when Temporal is away, and says so."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "DataTable { height: 1fr; } #said, #state { height: auto; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open_item", N_("All about it"), priority=True),
        Binding("o", "only_late", N_("Only late")),
        Binding("d", "no_drills", N_("Drills")),
        Binding("r", "look_now", N_("Look now")),
        Binding("question_mark", "say_keys", N_("Keys")),
        Binding("q", "quit", N_("End")),
    ]

    def __init__(self, client: Client, looking: Looking, web_address: str = "") -> None:
        super().__init__()
        self.client, self.looking, self.web_address = client, looking, web_address
        self.last: Look | None = None
        self.kelas_number = kelas_number()
        self.trouble = ""
        self.without_drills = False
        self.shown: list[Line] = []
        self.fit: Fit = []

    def compose(self) -> ComposeResult:
        """A line that says how much there is, the table, what doesn't work, the keys."""
        yield Static(_("Looking ..."), id="said", markup=False)
        yield DataTable[Text](cursor_type="row", zebra_stripes=False)
        yield Static("", id="state", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Begin to look, and to count down."""
        self.title = "kantadesk board"
        self.query_one(DataTable).focus()
        self.set_interval(TICK, self.count_down)
        self.keep_looking()

    @work(exclusive=True)
    async def keep_looking(self) -> None:
        """Look, rest, look again, for as long as the board is open."""
        while True:
            try:
                self.last = await self.looking.look(self.client)
                self.trouble = self.last.found.silent
            except Unreachable as error:
                self.trouble = error.message
            self.draw()
            await asyncio.sleep(self.looking.pause)

    def draw(self) -> None:
        """Redraw the lines; the cursor stays on the duty it was on."""
        if self.last is None:
            self.query_one("#state", Static).update(self.trouble)
            return
        table = self.query_one(DataTable)
        before = self.selected()
        at = now()
        self.shown = [line for line in self.last.lines if not (self.without_drills and line.drill)]
        table.clear(columns=True)
        kept, self.fit = self.fitting(at)
        for column, (_name, width) in zip(kept, self.fit, strict=True):
            table.add_column(column.heading, width=width)
        for row in self.cells(kept, at):
            table.add_row(*row, height=max((cell.plain.count("\n") + 1 for cell in row), default=1))
        if before and (rows := [row for row, line in enumerate(self.shown) if line.item == before.item]):
            table.move_cursor(row=rows[0])
        self.say_state(at)

    def count_down(self) -> None:
        """Let the time left go down between two looks."""
        at, table = now(), self.query_one(DataTable)
        kept, fit = self.fitting(at)
        if fit != self.fit and self.last:
            self.draw()
        elif len(self.shown) == table.row_count:
            for row, cells in enumerate(self.cells(kept, at)):
                for column, cell in enumerate(cells):
                    if table.get_cell_at((row, column)) != cell:  # type: ignore[arg-type]  # a coordinate is a pair
                        table.update_cell_at((row, column), cell)  # type: ignore[arg-type]
        self.say_state(at)

    def fitting(self, at: datetime) -> tuple[list[Column], Fit]:
        """The columns that fit the screen at a moment, and how wide each is."""
        width = self.size.width - AROUND
        kept = fitted(columns(self.shown, at), GIVEN_UP, width)
        return kept, list(zip((column.name for column in kept), widths(kept, width), strict=True))

    def cells(self, kept: Sequence[Column], at: datetime) -> list[list[Text]]:
        """The rows of the table; what is too long for its column goes on below, and is cut where that is too long."""
        rows = list(zip(*(column.cells for column in kept), strict=True))
        shown = []
        for line, row in zip(self.shown, rows, strict=True):
            style = STYLES[line.urgency(at)]
            shown.append(
                [_in_few_lines(cell, width, style) for cell, (_name, width) in zip(row, self.fit, strict=True)]
            )
        return shown

    def on_resize(self) -> None:
        """Another width: other columns fit."""
        if self.last:
            self.draw()

    def say_state(self, at: datetime) -> None:
        """Say how much is owed, as of when, and what doesn't work."""
        if self.last is None:
            return
        told = summary(self.shown, at, self.last.found.not_asked, self.last.unconfirmed, self.last.found.going_on)
        as_of = f"{told}   ({_('as of {moment}', moment=short(self.last.at))})"
        self.query_one("#said", Static).update(
            "\n".join((as_of, *map(clean, self.last.on_duty), *whom_at_kela(at, self.kelas_number)))
        )
        silent = [
            f"{names.process(f'{line.process} {line.reference}')}: {line.silent}" for line in self.shown if line.silent
        ]
        trouble = [_("NOT UP TO DATE: {trouble}", trouble=self.trouble)] if self.trouble else []
        silent = [] if self.last.found.silent else silent
        self.query_one("#state", Static).update("\n".join(clean(each) for each in trouble + silent[:3]))

    def selected(self) -> Line | None:
        """The line under the cursor."""
        row = self.query_one(DataTable).cursor_row
        return self.shown[row] if 0 <= row < len(self.shown) else None

    # --- keys -----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # textual's
        """The keys of the table are of no use on the page of an item, and not shown there."""
        return action not in TABLE_KEYS or not isinstance(self.screen, Item)

    def action_open_item(self) -> None:
        """Show all about the incident or breach under the cursor."""
        if line := self.selected():
            self.push_screen(Item(self.client, line, self.web_address))

    def action_only_late(self) -> None:
        """Show only what is late, or everything again."""
        self.looking.overdue = not self.looking.overdue
        self.keep_looking()

    def action_no_drills(self) -> None:
        """Leave drills out, or show them again."""
        self.without_drills = not self.without_drills
        self.draw()

    def action_look_now(self) -> None:
        """Look without waiting."""
        self.keep_looking()

    def action_say_keys(self) -> None:
        """Say what each key does."""
        self.notify(_(KEYS), timeout=10)


def _in_few_lines(cell: str, width: int, style: str) -> Text:
    """A cell between whose words the line may end, as often as a row has lines."""
    lines = [line for part in cell.split("\n") for line in wrapped(part, width).split("\n")][:ROW_LINES]
    texts = [Text(line.strip(), style=style) for line in lines]
    for text in texts:
        text.truncate(width, overflow="ellipsis")
    return Text("\n").join(texts)


class Item(Screen[None]):
    """All about one incident or breach, with what to type next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,left", "dismiss", N_("Back to the board")),
        Binding("q", "app.quit", N_("End")),
    ]

    def __init__(self, client: Client, line: Line, web_address: str) -> None:
        super().__init__()
        self.client, self.line, self.web_address = client, line, web_address

    def compose(self) -> ComposeResult:
        """The text, and the keys."""
        with VerticalScroll():
            yield Static(_("Asking ..."), id="item", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Ask for it."""
        self.ask()

    @work(exclusive=True)
    async def ask(self) -> None:
        """Ask the process, and show what it says; a silent one shows why."""
        try:
            shown = await self.about()
        except (Unreachable, NotThere) as error:
            shown = [Text(clean(error.message))]
        self.query_one("#item", Static).update(Group(*shown))

    async def about(self) -> list[RenderableType]:
        """The same as ``incident show`` or ``breach show``. Raises ``Unreachable``, ``NotThere``."""
        reference = self.line.reference
        if self.line.process == CONTACT_REVIEW:
            return [Text("\n".join(map(clean, in_doubt(await review_status(self.client)))))]
        if self.line.process == "breach":
            named = workflow_id_of(reference, "breach")  # exactly this one of several
            at = await clock_of(self.client, named, "breach")
            shown = breach.parts(await breach_status_of(self.client, named), at)
        else:
            shown = incident.parts(await status_of(self.client, reference), await clock_of(self.client, reference))
        return [*self.page(), *shown]  # first: a breach is longer than the screen

    def page(self) -> list[RenderableType]:
        """Where Temporal Web shows it; nothing where that address isn't known."""
        if not self.web_address:
            return []
        workflow_id = workflow_id_of(self.line.reference, "breach" if self.line.process == "breach" else "incident")
        return [Text(process_address(self.web_address, self.client.namespace, workflow_id))]
