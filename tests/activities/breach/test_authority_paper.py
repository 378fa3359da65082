"""The notification to the authority: what it asks, the phase that was logged, what is missing, what came late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.activities.breach.builder import (
    AWARE,
    TARGET,
    bare_status,
    duty,
    risk,
    status,
)
from tests.activities.breach.written_papers import english, finnish
from workflows.breach.messages import Awareness, Notified


def test_the_notification_says_what_the_authority_asks() -> None:
    text = english()
    for line in (
        "Supplementary notification, no. 2 · BR-20261023-K3T9",
        "To: Office of the Data Protection Ombudsman",
        "The authority's case number: D 1/2026",
        "Earlier notification: 24.10.2026 at 11:40, preliminary notification, D 1/2026",
        (
            "Data protection officer or other contact point: "
            "Tiina Tietosuoja, +358 9 000 0002, tietosuoja@esimerkkila.example"
        ),
        "Breach began: Not known yet",
        "First noticed: 23.10.2026 at 13:40",
        "We became aware: 23.10.2026 at 15:40",
        "72-hour time limit: 26.10.2026 at 14:40 (the change of the clocks is taken into account)",
        "Cause of the breach: Not known yet",
        "In place before the breach: Not known yet",
        "Kind of breach:\nunauthorised access to data\nunauthorised disclosure of data",
        "Number of data subjects: about 1,200 (estimate)",
        "Risk to the persons: High risk",
        "Taken or planned after the breach:\n- Käyttäjätunnus suljettiin ja lokit otettiin talteen.",
        "Informed: Not yet. The risk is high: they will be informed without undue delay.",
    ):
        assert f"\n{line}\n" in text
    assert "Reasons for the delay" not in text


LOGGED = {
    phase: Notified(to="A", at=AWARE + timedelta(hours=hours), by="dpo", phase=phase, reference=f"D {hours}")
    for hours, phase in enumerate(("preliminary", "supplementary", "final"), 1)
}


@pytest.mark.parametrize(
    ("logged", "is_final", "title"),
    [
        ([], False, "Preliminary notification, no. 1"),
        (["preliminary"], False, "Supplementary notification, no. 2"),
        (["preliminary", "supplementary"], False, "Supplementary notification, no. 3"),
        (["preliminary"], True, "Final notification, no. 2"),
        (["preliminary", "final"], True, "Final notification, no. 2"),
    ],
)
def test_the_phase_is_what_was_logged(logged: list[str], title: str, *, is_final: bool) -> None:
    told = tuple(LOGGED[phase] for phase in logged)
    asked: Any = "final" if is_final else "supplementary"  # what runs of the first releases say of a second version
    text = english(phase=asked, status=status(notifications=told))
    assert f"\n{title} · BR-20261023-K3T9\n" in text
    assert ("Final notification submitted: " in text) is ("final" in logged)
    assert ("The authority's case number: " in text) is bool(logged)


def test_what_was_not_known_at_first_is_said_when_it_is() -> None:
    known = status(began_at=AWARE - timedelta(days=1), cause="A right was left.", measures_before="Logs, training.")
    text = english(status=known)
    for line in (
        "Breach began: 22.10.2026 at 15:40",
        "Cause of the breach: A right was left.",
        "In place before the breach: Logs, training.",
    ):
        assert f"\n{line}\n" in text
    assert text.split("Still missing:\n")[1].startswith("– informing the data subjects\n")


@pytest.mark.parametrize(
    ("phase", "unknown", "heading"),
    [
        ("preliminary", "Not known yet", "Still missing:"),
        ("supplementary", "Not known yet", "Still missing:"),
        ("final", "Not known", "These points could not be found out:"),
    ],
)
def test_what_is_not_known_is_said_so_and_listed(phase: str, unknown: str, heading: str) -> None:
    text = english(phase=phase, status=bare_status())
    assert f"\nNumber of data subjects: {unknown}\n" in text
    listed = text.split(heading)[1]
    assert "– the estimated number of data subjects\n– the estimated number of records\n" in listed
    assert "– the likely consequences" in listed
    assert listed.count("– ") == 10


def test_a_complete_final_notification_promises_nothing_more() -> None:
    known = status(began_at=AWARE, cause="An error.", measures_before="Logs.")
    text = english(phase="final", status=known)
    assert "Nothing: this notification is our final one." in text


def test_zero_persons_is_a_number_and_not_a_gap() -> None:
    text = english(status=status(risks=(risk(subjects_estimate=0),)))
    assert "Number of data subjects: about 0 (estimate)" in text
    assert "number of data subjects\n" not in text.split("Still missing")[1]


@pytest.mark.parametrize(
    ("notified_after", "made_after", "is_late"),
    [(None, 71, False), (None, 72, False), (None, 73, True), (70, 90, False), (73, 90, True)],
)
def test_a_first_notification_after_the_deadline_needs_reasons(
    notified_after: int | None, made_after: int, *, is_late: bool
) -> None:
    first = [notified_after] if notified_after else []
    earlier = tuple(Notified(to="A", at=AWARE + timedelta(hours=h), by="dpo", phase="preliminary") for h in first)
    changed = status(notifications=earlier, duties=())
    text = english(made_at=AWARE + timedelta(hours=made_after), status=changed)
    assert ("Reasons for the delay: To be given in the supplement" in text) is is_late
    assert ("– the reasons for the delay" in text) is is_late
    assert (
        "First notification: This is our first notification. The 72-hour time limit ended on 26.10.2026 at 14:40."
        in text
    ) is (is_late and not first)


def test_reasons_for_a_delay_are_taken_from_the_record() -> None:
    late = duty("notify_supervisory_authority", state="met_late", delay_reason="Tutkinta kesti.")
    text = finnish(made_at=TARGET + timedelta(hours=1), status=status(notifications=(), duties=(late,)))
    assert "Viivästymisen syyt: Tutkinta kesti." in text
    assert "Ei vielä kirjattu\n" not in text
    assert "viivästymisen syyt" not in text


def test_a_corrected_awareness_shows_both_times() -> None:
    earlier = AWARE - timedelta(hours=4)
    entries = (
        Awareness(aware_at=AWARE, recorded_at=AWARE, by="desk", deadline_from=AWARE),
        Awareness(aware_at=earlier, recorded_at=AWARE, by="dpo", reason="Yöhoitaja kertoi.", deadline_from=earlier),
    )
    text = finnish(status=status(awareness=entries))
    assert "Tullut tietoon: 23.10.2026 klo 11.40" in text
    said = "- 23.10.2026 klo 15.40\n- 23.10.2026 klo 11.40. Yöhoitaja kertoi.\n"
    assert f"Merkinnät tästä ajankohdasta:\n{said}" in text


SUBJECTS: list[tuple[dict[str, Any], str]] = [
    ({"duties": (), "risks": ()}, "Not yet decided: the risk has not been assessed."),
    ({"duties": (), "risks": (risk(risk="risk"),)}, "No. The risk has not been assessed as high."),
    ({"duties": (duty("inform_data_subjects", state="met", met_at=TARGET),)}, "26.10.2026 at 14:40"),
    (
        {"duties": (duty("inform_data_subjects", state="waived", waived_reason="Encrypted."),)},
        "No. Decided and recorded: Encrypted.",
    ),
    ({"notifications": (Notified(to="data subjects", at=AWARE, by="dpo", detail="1,200 by post"),)}, "1,200 by post"),
    (
        {"notifications": (Notified(to="data subjects", at=AWARE, by="dpo", detail="mittkanta: 7"),)},
        "MyKanta, 7 persons",
    ),
]


@pytest.mark.parametrize(("changes", "said"), SUBJECTS, ids=[said for _, said in SUBJECTS])
def test_whether_the_persons_were_told(changes: dict[str, Any], said: str) -> None:
    text = english(status=status(**changes))
    assert said in text.split("8. Informing the persons concerned")[1]
