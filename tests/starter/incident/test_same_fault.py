"""Two incidents of one fault by the command line: named, linked, unlinked; a drill's number swallows no live fault."""

from __future__ import annotations

from tests.starter.conftest import TRIAGE, Desk
from tests.starter.terminal.pseudo_terminal import Terminal


def opened(desk: Desk, reference: str, *options: str) -> str:
    """Open an incident about a service that nobody else in these tests uses, and wait until it is listed."""
    answer = desk("incident", "open", "--title", "Old data", "--service", "OLD", "--reference", reference, *options)
    assert answer.code == 0, answer.err
    desk.until(lambda rows: reference in {row["reference"] for row in rows}, "incident", "list")
    return reference


def test_one_follows_the_other_until_it_is_unlinked(desk: Desk) -> None:
    other, mine = desk.judged(), desk.incident()
    linked = desk("incident", "link", mine, "--same-as", other, "--reason", "Same error", "--json")
    assert linked.code == 0, linked.err
    assert (linked.json["same_as"]["state"], linked.json["same_as"]["reason"]) == ("follows", "Same error")
    assert f"Same fault: follows {other}" in desk("incident", "show", mine).out
    assert f"followed by {mine}" in desk("incident", "show", other).out
    told = desk("incident", "update", mine, "--text", "Worse")
    assert (told.code, f"follows {other}: say it there" in told.err) == (3, True)
    assert desk("incident", "unlink", mine).code == 0
    duties = desk("incident", "show", mine, "--json").json["duties"]
    assert [(duty["id"], duty["state"]) for duty in duties] == [("triage", "open")]


def test_what_can_not_be_linked_is_refused_in_one_line(desk: Desk) -> None:
    live, drill = desk.incident(), desk.incident("--drill")
    for arguments, code, why in (
        ((live, "--same-as", "nobody"), 3, "there is no open incident nobody"),
        ((live, "--same-as", drill), 3, f"{drill} is a drill: a drill and a live fault stay apart"),
        ((live, "--same-as", live), 3, "is this incident itself"),
        (("nobody", "--same-as", live), 4, "there is no incident nobody"),
        ((live,), 2, "--same-as: name the incident"),
    ):
        answer = desk("incident", "link", *arguments)
        assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
        assert why in answer.err


OURS = {f"OLD-{n}" for n in range(1, 5)}
"""The desk is that of all tests: others may have opened something of the same service."""


def test_open_neighbours_are_named_and_asked_about(desk: Desk) -> None:
    first, drill = opened(desk, "OLD-1"), opened(desk, "OLD-2", "--drill")
    second = desk("incident", "open", "--title", "x", "--service", "OLD", "--reference", "OLD-3", "--json").json
    near = {
        name: (each["title"], each["drill"]) for each in second["neighbours"] if (name := each["reference"]) in OURS
    }
    assert near == {first: ("Old data", False), drill: ("Old data", True)}
    judged = desk("incident", "triage", "OLD-3", *TRIAGE)
    assert f"also open: DRILL {drill}: Old data (opened" in judged.out
    assert "kantadesk incident link OLD-3 --same-as" in judged.out
    near = desk("incident", "triage", "OLD-3", *TRIAGE, "--json").json["neighbours"]
    assert {each["reference"] for each in near} & OURS == {first, drill}

    terminal = Terminal(desk, "incident", "open", "--title", "x", "--service", "OLD", "--reference", "OLD-4")
    terminal.expect(f"also open: DRILL {drill}")
    terminal.expect("Is it the same fault as one of them?")
    terminal.type("77")
    terminal.expect("Please give one of the numbers")
    terminal.type("OLD-3")
    assert "It follows OLD-3." in terminal.ended()[1]
    assert desk("incident", "unlink", "OLD-4").code == 0

    terminal = Terminal(desk, "incident", "triage", "OLD-4", *TRIAGE)
    terminal.expect("Is it the same fault as one of them?")
    terminal.type("OLD-3")
    terminal.expect("Judge this one as well?")
    terminal.type("")
    assert "OLD-4 follows OLD-3, which is judged and reported for both." in terminal.ended()[1]
    assert desk("incident", "show", "OLD-4", "--json").json["decisions"] == []


def test_a_live_fault_is_never_swallowed_by_the_number_of_a_drill(desk: Desk) -> None:
    drill = desk.incident("--drill")
    fault = ("incident", "open", "--title", "real", "--service", "PDR", "--reference", drill, "--json")
    refused = desk(*fault)
    assert (refused.code, refused.out, refused.err.count("\n")) == (3, "", 1)
    assert f"{drill} is the number of a drill; nothing was opened. Free is: --reference {drill}.2" in refused.err
    assert desk(*fault, "--reference", f"{drill}.2").json["created"] is True
    assert f"--reference {drill}.3" in desk(*fault).err
    assert "the number of a live fault" in desk(*fault, "--drill", "--reference", f"{drill}.2").err
