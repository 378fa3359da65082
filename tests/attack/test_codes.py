"""A person's identity code, however it is written, leaves the house by no way; a doubt stops and leaks nothing."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import click
import docx
import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from activities.breach.papers import BreachPapers
from activities.evidence.case_folder import CaseFolders
from activities.fault_report.writer import FaultReportForm
from activities.mail.wording import identity_code_in, worded
from starter.sending.input_errors import checked
from starter.sending.options import NO_CODE
from starter.terminal.errors import Wrong
from tests.activities.breach.builder import operating_model as model_of_breaches
from tests.activities.breach.builder import paper, status
from tests.activities.fault_report.builder import fault_report, operating_model
from tests.activities.mail.post_office import letter
from tests.activities.mail.post_office import operating_model as model_of_mail
from workflows.incident.messages import SituationUpdate
from workflows.procedure.identity_codes import check_character
from workflows.procedure.model import AS_FIRST_RELEASES
from workflows.process.reading import Unreadable, code_said, read

HIDDEN = {
    "space": "131052 308T",
    "dots": "13.10.1952-308T",
    "quoted line": "131052-\n> 308T",
    "entity": "131052&#45;308T",
    "cyrillic": "131052-308\N{CYRILLIC CAPITAL LETTER TE}",
    "base64": base64.b64encode(b"hetu 131052-308T").decode(),
    "file name": "liite_131052_308T.pdf",
}
DOUBT = "131053-308T"
TICKET = next(f"200226-{n}{c}" for n in range(900, 999) if (c := check_character(f"200226{n}")).isdigit())
"""A date with a number whose check character is right by chance."""


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_no_letter_out_of_the_house_carries_a_code(hidden: str) -> None:
    some = letter(kind="breach_notice_controller", contact="controller:A", text=f"Potilas {hidden} odottaa")
    assert identity_code_in(some, worded(some, model_of_mail())) is not None


@pytest.mark.parametrize("hidden", [*HIDDEN.values(), DOUBT], ids=[*HIDDEN, "doubt"])
def test_every_letter_to_the_desk_goes_masked(hidden: str) -> None:
    some = letter(kind="reminder", title=f"Potilas {hidden} odottaa", text=f"Hae {hidden}")
    wording = worded(some, model_of_mail())
    assert identity_code_in(some, wording) is None
    assert hidden not in wording.subject + wording.body
    assert "308T" not in wording.subject + wording.body


def test_a_doubt_stops_no_letter_and_leaves_masked() -> None:
    some = letter(kind="breach_notice_controller", contact="controller:A", text=f"Haku {DOUBT} epäonnistui")
    wording = worded(some, model_of_mail())
    assert identity_code_in(some, wording) is None
    assert DOUBT not in wording.body
    assert "***********" in wording.body


async def test_a_doubt_stops_no_form_and_our_own_numbers_stay(tmp_path: Path) -> None:
    form = FaultReportForm(operating_model, tmp_path, CaseFolders(tmp_path / "cases"))
    made = form._written(fault_report(reference=DOUBT, description=f"Haku {DOUBT} epäonnistui"))
    cells = [
        cell.text for t in docx.Document(made.uri.removeprefix("file://")).tables for r in t.rows for cell in r.cells
    ]
    assert "Haku *********** epäonnistui" in cells
    assert DOUBT in cells


async def test_a_doubt_stops_no_paper_of_a_breach(tmp_path: Path) -> None:
    papers = BreachPapers(model_of_breaches, CaseFolders(tmp_path / "cases"))
    wanted = paper(paper="authority_notification", status=status(description=f"Haku {DOUBT} näytti väärän potilaan"))
    made = [Path(document.uri.removeprefix("file://")) for document in papers._written(wanted)]
    text = next(path.read_text(encoding="utf-8") for path in made if path.suffix == ".txt")
    assert DOUBT not in text
    assert "***********" in text


def said(text: str) -> dict[str, Any]:
    return {"by": "desk", "text": text}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_a_message_with_a_code_is_refused_by_command_and_process(hidden: str) -> None:
    with pytest.raises(Wrong, match="--text: contains what looks like a Finnish personal identity code"):
        checked(SituationUpdate, said(f"Potilas {hidden} odottaa"))
    reason = code_said(SituationUpdate.model_validate(said(f"Potilas {hidden} odottaa")))
    assert reason is not None
    assert reason.startswith("text: contains what looks like")


def test_about_a_doubt_a_command_asks_and_a_process_does_not_wait() -> None:
    with pytest.raises(Wrong, match="--no-code"):
        checked(SituationUpdate, said(f"Haku {DOUBT}"))
    with click.Context(click.Command("update")) as context:
        context.find_root().meta[NO_CODE] = True
        assert checked(SituationUpdate, said(f"Haku {DOUBT}")).text == f"Haku {DOUBT}"
    assert code_said(SituationUpdate.model_validate(said(f"Haku {DOUBT}"))) is None


def test_what_the_first_releases_took_for_a_code_is_known_for_a_replay() -> None:
    sent = RawValue(
        Payload(metadata={"encoding": b"json/plain"}, data=f'{{"by": "x", "text": "tiketti {TICKET}"}}'.encode())
    )
    assert read(SituationUpdate, sent).text == f"tiketti {TICKET}"
    with pytest.raises(Unreadable, match="personal identity code"):
        read(SituationUpdate, sent, AS_FIRST_RELEASES)
