"""What a supervisor reads in Temporal Web: the lists, a process's page, its timeline. Pictures for the handbook."""

from __future__ import annotations

import re

import pytest

from tests.web.browser import LARGEST, ROOT, SCREENSHOTS, WIDTH, Web
from tests.web.house import CASE, DRILL, HOSTILE, HOSTILE_TITLE, House
from tests.web.lists import rows
from workflows.process.ids import incident_workflow_id

pytestmark = pytest.mark.web
MOMENT = r"\d+\.\d+\.\d{4} \d\d:\d\d \(\+0[23]:00\)"
INCIDENT, BREACH = f"incident-{CASE}", f"breach-{CASE}"


def test_the_open_list_has_the_recommended_columns_and_no_drill(web: Web, house: House) -> None:
    shown = rows(web.go(house.list_at("open"), INCIDENT, BREACH, f"incident-{HOSTILE}"))
    assert set(shown) == {INCIDENT, BREACH, f"incident-{HOSTILE}"}
    overdue, next_due, *rest = shown[INCIDENT][shown[INCIDENT].index(INCIDENT) + 1 :]
    assert rest[:4] == ["handling", "critical", "PRESCRIPTION", "0"]
    assert (bool(next_due), overdue) == (True, "0")
    web.illustrate("list-open", height=480)


def test_the_overdue_list_holds_the_late_one_only(web: Web, house: House) -> None:
    shown = rows(web.go(house.list_at("overdue"), BREACH))
    assert list(shown) == [BREACH]
    assert shown[BREACH][shown[BREACH].index(BREACH) + 1] == "1"
    web.illustrate("list-overdue", height=360)


def test_a_list_can_be_kept_in_the_browser(web: Web, house: House) -> None:
    web.go(house.list_at("critical", saved=True), INCIDENT)
    kept = web.page.evaluate("localStorage.getItem('saved-workflow-queries')")
    assert "KantaSeverity = 'critical'" in kept


def test_the_page_says_what_it_is_and_what_is_expected_from_whom(web: Web) -> None:
    summary, details, current = web.metadata(INCIDENT, "Reseptit", "Where to look", "Expected next")
    assert summary.strip() == "Reseptit eivät aukea"
    assert re.search(rf"Noticed: {MOMENT}", details)
    assert "Never press Terminate or Reset" in details
    assert "Phase handling." in current
    assert re.search(rf"phone_kela, by {MOMENT}: from the desk, for Kela technical support", current)
    assert "Call to 020 634 7787: nobody was reached" in current
    assert "Times are those of Europe/Helsinki" in current
    assert "\\" not in summary + details + current
    web.illustrate("incident-page", height=800)


def test_the_page_of_a_breach_says_what_is_late(web: Web) -> None:
    summary, details, current = web.metadata(BREACH, "Suspected", "Aware since", "Expected next")
    assert summary.strip() == f"Suspected personal data breach {CASE}"
    assert "our role: joint controller" in details
    late = rf"notify_kela_of_breach, LATE, was due {MOMENT}: from the data protection officer"
    assert re.search(late, current)
    assert "shown to others" not in summary + details + current
    web.illustrate("breach-page", below=web.sees("Current Details"), left=768, height=640)


def test_what_a_reporter_wrote_can_not_act(web: Web) -> None:
    frames = web.metadata(f"incident-{HOSTILE}", "press", "Where to look", "Expected next")
    for text in frames:
        assert HOSTILE_TITLE in text
    assert all(frame.locator("a, b, img, h1").count() == 0 for frame in web.page.frames[1:])


def test_the_timeline_has_one_bar_for_each_open_duty(web: Web, house: House) -> None:
    duties = house.open_duties(CASE)
    assert "notify_supervisory_authority" in duties
    text = web.process(BREACH, "timeline", *(f"Duty {duty}:" for duty in duties), "Auto Refresh")
    for duty in duties:
        bars = [line for line in text.splitlines() if line.startswith(f"Duty {duty}: ")]
        assert len(bars) == 1, duty
        assert re.search(MOMENT, bars[0])
    web.illustrate("timeline-breach", below=web.heading("Timeline"), height=420)


def says(line: str, words: str) -> bool:
    """Whether a line is a name, or holds a sentence."""
    return words in line if " " in words else words == line


def test_the_timeline_alone_tells_a_whole_incident(web: Web) -> None:
    """What came by itself carries its summary, what somebody said its name; the page's text has the oldest first."""
    told = [
        "Duty triage: remind desk at", "Duty triage: remind duty officer at",
        "Drill: keep back to Kela: fault report (report_to_kela)", "phone_escalation", "resolution",
        "Watching for backlog and relapse until", "Bundle the evidence",
    ]  # fmt: skip
    web.page.set_viewport_size({"width": WIDTH, "height": 3000})  # only the bars in sight are drawn
    looked = "Look whether Kela has published a notice already"
    text = web.process(incident_workflow_id(DRILL), "timeline", *told, looked)
    lines = text[text.index("Timeline\n") :].splitlines()
    places = [next(n for n, line in enumerate(lines) if says(line, words)) for words in told]
    assert places == sorted(places)
    assert looked in text
    web.illustrate("timeline-whole", below=web.heading("Timeline"), height=760)


def test_the_history_tells_the_story_in_plain_words(web: Web) -> None:
    sentences = (
        "Send to Kela: fault report (report_to_kela)", "Write fault report form no. 1 for Kela",
        "Send to pharmacy-coast: start", "Duty phone_kela: remind desk at",
        "Out of reach for long: the question of a breach opens at", '"title": "Reseptit eivät aukea"',
    )  # fmt: skip
    text = web.process(INCIDENT, "history", *sentences)  # each is waited for: the page decrypts one after the other
    for sentence in sentences:
        assert sentence in text
    assert "binary/encrypted" not in text
    assert "Codec Server could not connect" not in text
    web.picture("history", height=1080)


@pytest.mark.parametrize("name", re.findall(r"screenshots/([a-z-]+)\.png", (ROOT / "docs/supervisors.md").read_text()))
def test_each_picture_of_the_handbook_is_there_and_small(name: str) -> None:
    assert 10_000 < (SCREENSHOTS / f"{name}.png").stat().st_size < LARGEST
