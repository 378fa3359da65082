"""How a command that is refused ends: its exit code and one line on stderr."""

from __future__ import annotations

from tests.starter.conftest import Answer

HETU = "131052-308T"


def refused_with(answer: Answer, code: int, *said: str) -> None:
    """One line on stderr with these words, nothing on stdout, this exit code."""
    assert answer.code == code, answer
    assert answer.out == ""
    assert answer.err.startswith("kantadesk: ")
    assert answer.err.count("\n") == 1, answer.err
    for words in said:
        assert words in answer.err
    assert "Traceback" not in answer.err
