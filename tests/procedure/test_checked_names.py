"""No name of a port leads out of its folder, or to a process that is none of ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from activities.evidence.case_folder import CaseFolders
from workflows.process.sealed.checked_names import (
    CaseName,
    FileName,
    FileSafe,
    MessageName,
    ProcessReference,
    ProcessType,
    WorkflowId,
)

PARTS_OF_A_PATH = (CaseName, ProcessReference, FileSafe, FileName)
LEADING_OUT = ["../x", "..\\x", "/etc/passwd", "a/b", "x\0", "a/../../b", "%2e%2e/x", "INC-1\n/x"]


def reads(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", PARTS_OF_A_PATH)
@pytest.mark.parametrize("name", LEADING_OUT)
def test_a_name_that_leads_out_is_none(kind: Any, name: str) -> None:
    assert not reads(kind, name)


@given(text=st.text(alphabet="./\\~aA1-_\0\n", max_size=12))
def test_whatever_passes_stays_in_its_folder(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    root = tmp_path_factory.getbasetemp()
    for kind in (CaseName, ProcessReference):
        if reads(kind, text):
            assert (root / f"case-{text}").resolve().parent == root.resolve()
    if reads(FileName, text) or reads(FileSafe, text):
        assert (root / text).resolve().parent == root.resolve()


@pytest.mark.parametrize("name", ["../x", "x/../../y", "/etc", "..", ""])
def test_nothing_is_kept_outside_even_if_a_caller_lets_it_through(tmp_path: Any, name: str) -> None:
    folders = CaseFolders(tmp_path / "evidence")

    with pytest.raises(ValueError, match="is not the name of one file"):
        folders.keep("INC-1", "documents", name, b"forged")
    if "/" in name:
        with pytest.raises(ValueError, match="is not the name of one file"):
            folders.keep(name, "documents", "x", b"forged")

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [
        (
            CaseName,
            ["INC-1", "breach~INC-1-2", "notice_watch~notice-watch", "watchdog~letters", "breach~INC-1~4f2a9c01"],
            ["~x", "a~b~c~d", "a~b~", ""],
        ),
        (
            WorkflowId,
            ["incident-INC-1", "breach-INC-1-2", "maintenance-M.1", "notice-watch"],
            ["x", "watchdog", "../x"],
        ),
        (MessageName, ["notice", "laws_passed_on"], ["__stack_trace", "a-b", "", "x" * 61]),
        (ProcessType, ["Incident", "DataBreach", "Maintenance"], ["Watchdog", "NoticeWatch", "temporal-sys-scheduler"]),
        (FileName, ["fault-report-1.docx", "..x"], [".", ".."]),
    ],
)
def test_what_is_a_name(kind: Any, taken: list[str], refused: list[str]) -> None:
    assert [text for text in taken if not reads(kind, text)] == []
    assert [text for text in refused if reads(kind, text)] == []
