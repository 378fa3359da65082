"""Nodes that die: what has been said stays, and commands answer again."""

from __future__ import annotations

from tests.cluster.nodes import Cluster
from tests.starter.conftest import TRIAGE, Desk


def test_while_either_node_is_dead_the_other_answers(nodes: Cluster, desk: Desk) -> None:
    reference = desk.incident()
    first, second = nodes.nodes
    first.kill()
    assert _said(desk, "incident", "triage", reference, *TRIAGE)
    first.start()
    desk.until(lambda shown: shown["triaged_at"], "incident", "show", reference)
    second.kill()
    assert _said(desk, "incident", "update", reference, "--text", "Paper prescriptions now")
    second.start()
    told = desk.until(
        lambda lines: any("Situation" in each["what"] for each in lines), "incident", "timeline", reference
    )
    assert [each["what"] for each in told].count("Situation changed") == 1
    assert desk("incident", "resolve", reference, "--cause", "c", "--remedy", "r").code == 0


def _said(desk: Desk, *command: str) -> bool:
    """Whether it was said at last: what names itself by the same event id counts once."""
    again = (*command, "--event-id", f"{command[1]}-{command[2]}")
    return any(desk(*again).code == 0 for _ in range(5))


def _said_in(timeline: list[dict[str, str]]) -> list[str]:
    return [line["what"] for line in timeline]
