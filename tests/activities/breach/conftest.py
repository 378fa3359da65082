"""The activity that writes the papers of a breach, as a fixture."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.breach.papers import BreachPapers
from activities.evidence.case_folder import CaseFolders
from tests.activities.breach.builder import operating_model
from tests.activities.breach.written_papers import Write
from workflows.breach.ports import BreachPaper
from workflows.process.messages import Document


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Run the activity as the worker does."""

    async def written(wanted: BreachPaper) -> list[Document]:
        papers = BreachPapers(operating_model, CaseFolders(tmp_path / "cases"))
        answer: list[Document] = await ActivityEnvironment().run(papers.write_breach_paper, wanted)
        return answer

    return written
