"""What a person reads when the connection is lost in the middle, or when they stop a question themselves."""

from __future__ import annotations

from typing import NoReturn

import click
import pytest
from temporalio.service import RPCError, RPCStatusCode

from starter.client.failures import failures
from starter.language.words import Spoken, speak
from starter.terminal import prompts
from starter.terminal.errors import Unreachable


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "the desk does not answer"), ("fi", "kantadesk ei vastaa"), ("sv", "kantadesk svarar inte")],
)
@pytest.mark.parametrize("status", [RPCStatusCode.UNAVAILABLE, RPCStatusCode.UNKNOWN])
def test_a_lost_connection_is_one_sentence_of_the_readers_language(
    language: Spoken, said: str, status: RPCStatusCode
) -> None:
    speak(language)
    try:
        with pytest.raises(Unreachable) as lost, failures("incident INC-1"):
            raise RPCError("tcp connect error", status, b"")
    finally:
        speak("en")
    assert lost.value.message.startswith(said)
    assert '"kantadesk up"' in lost.value.message
    assert "tcp" not in lost.value.message
    assert lost.value.exit_code == 5


def test_what_is_said_after_ctrl_c_begins_on_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_given: object, **_more: object) -> NoReturn:
        click.echo("How? : ^C", nl=False, err=True)
        raise click.Abort

    monkeypatch.setattr(click, "prompt", stopped)
    with pytest.raises(click.Abort):
        prompts.line("How?")
    assert capsys.readouterr().err == "How? : ^C\n"
