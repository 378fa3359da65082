"""What looks like a personal identity code stops a paper, wherever it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from tests.activities.breach.builder import (
    AWARE,
    duty,
    paper,
    risk,
    status,
)
from tests.activities.breach.written_papers import PAPERS, Write
from tests.activities.documents.written_documents import files_in
from tests.activities.fault_report.builder import CODE
from workflows.breach.messages import Awareness, Controller, Notified
from workflows.procedure.languages import LANGUAGES
from workflows.process.ports import PERSONAL_DATA_FOUND

PLACES: list[tuple[dict[str, Any], str]] = [
    ({"status": status(description=f"potilas {CODE} odottaa")}, "description"),
    ({"status": status(place=CODE.replace("-", "\N{NON-BREAKING HYPHEN}"))}, "place"),
    ({"status": status(data="\u200b".join(CODE))}, "data"),
    ({"status": status(conclusion="x" * 20_000 + CODE)}, "conclusion"),
    ({"status": status(joint_notifier=f"a{CODE}")}, "joint_notifier"),
    ({"status": status(cause=CODE)}, "cause"),
    ({"status": status(measures_before=CODE)}, "measures_before"),
    ({"status": status(risks=(risk(plain_advice={"sv": CODE}),))}, "risks.1.plain_advice.sv"),
    ({"status": status(measures=("ok", CODE))}, "measures.2"),
    ({"status": status(risks=(risk().model_copy(update={"consequences": CODE}),))}, "risks.1.consequences"),
    (
        {"status": status(notifications=(Notified(to="A", at=AWARE, by="b", detail=CODE),))},
        "notifications.1.detail",
    ),
    ({"status": status(duties=(duty("document_breach", waived_reason=CODE),))}, "duties.1.waived_reason"),
    (
        {
            "status": status(
                awareness=(Awareness(aware_at=AWARE, recorded_at=AWARE, by="", reason=CODE, deadline_from=AWARE),)
            )
        },
        "awareness.1.reason",
    ),
    ({"controller": CODE}, "controller"),
    ({"status": status(reference=CODE)}, "reference"),
    ({"status": status(controllers=(Controller.model_construct(name=CODE, email=None),))}, "controllers.1.name"),
]


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize(("changes", "field"), PLACES, ids=[field for _, field in PLACES])
async def test_a_personal_identity_code_anywhere_stops_the_paper(
    write: Write, tmp_path: Path, changes: dict[str, Any], field: str, kind: str
) -> None:
    with pytest.raises(ApplicationError) as refused:
        await write(paper(paper=kind, languages=LANGUAGES, **changes))
    assert (refused.value.type, refused.value.non_retryable) == (PERSONAL_DATA_FOUND, True)
    assert field in refused.value.message
    assert CODE not in refused.value.message
    assert files_in(tmp_path) == []


async def test_a_code_that_two_fields_make_together_stops_the_paper(write: Write, tmp_path: Path) -> None:
    risks = (risk(measures="131052"),)
    with pytest.raises(ApplicationError, match="parts of several fields meet"):
        await write(paper(paper="letter_to_subjects", status=status(risks=risks, measures=("308T",))))
    assert files_in(tmp_path) == []
