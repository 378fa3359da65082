"""The page by which a contact acknowledges, on a telephone: Chromium and Firefox at 360 x 640, in three languages.

Without JavaScript and cookies: Chromium has both switched off here. Pictures of each state are kept as artefacts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.attack.browsers import firefox, until
from tests.attack.letters import Mailed, mailed, press
from tests.web.browser import ARTEFACTS, CHROMIUM

pytestmark = pytest.mark.web
WIDTH, HEIGHT = 360, 640
LANGUAGES = ("fi", "sv", "en")
BUTTON = {"fi": "Olen nähnyt tämän", "sv": "Jag har sett det här", "en": "I have seen this"}
DONE = {"fi": "Kuitattu:", "sv": "Kvitterad:", "en": "Acknowledged:"}
FOREIGN = {
    "fi": "Linkki ei ole meidän tekemämme", "sv": "Länken är inte vår", "en": "This link is not ours",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailed]:
    """A desk whose contacts have been told of an instruction."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    with mailed(tmp_path_factory.mktemp("mailed")) as running:
        yield running


@pytest.fixture(scope="module")
def telephone(desk: Mailed, chromium: Any) -> Iterator[Any]:  # noqa: ARG001  # no browser without a desk
    """A page of Chromium as small as a telephone, which keeps and runs nothing."""
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=False)
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def contacts(desk: Mailed) -> list[str]:
    found = desk.instruction()["awaiting"]
    assert found
    return list(found)


def in_every_language(desk: Mailed, contact: str) -> dict[str, str]:
    """The link of a contact's letter, as it would be in each language."""
    return {language: desk.forged(desk.link(contact), language=language) for language in LANGUAGES}


def picture(page: Any, name: str) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"seen-{name}.png", full_page=True)


def fits(page: Any) -> bool:
    """Whether nothing lies beside the screen, and the button is as large as a finger."""
    boxes = [each.bounding_box() for each in page.locator("main *:visible").all()]
    return all(box["x"] >= 0 and box["x"] + box["width"] <= WIDTH for box in boxes if box)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_read_on_a_telephone(desk: Mailed, telephone: Any, language: str) -> None:
    telephone.goto(in_every_language(desk, contacts(desk)[-1])[language])
    button = telephone.get_by_role("button", name=BUTTON[language])
    box = button.bounding_box()
    assert box["height"] >= 48
    assert fits(telephone)
    assert telephone.locator("html").get_attribute("lang") == language
    assert telephone.locator("label").count() == telephone.locator("input").count() == 1
    picture(telephone, f"open-{language}")


def test_the_button_is_pressed_without_script_and_the_page_says_who_did_it(desk: Mailed, telephone: Any) -> None:
    contact = contacts(desk)[0]
    links = in_every_language(desk, contact)
    own = desk.link(contact)
    telephone.goto(own)
    telephone.locator("input").fill("Yövuoro, osasto 3")
    telephone.get_by_role("button").click()
    telephone.get_by_text("Yövuoro, osasto 3").wait_for()
    assert telephone.get_by_role("button").count() == 0
    assert telephone.url == own
    known = desk.instruction()["answers"][contact]
    assert known["passed_on_to"] == "Yövuoro, osasto 3"
    for language, link in links.items():
        telephone.goto(link)
        said = telephone.get_by_role("status").inner_text()
        assert said.startswith(DONE[language])
        assert known["by"] in said
        assert fits(telephone)
        picture(telephone, f"done-{language}")


def test_what_is_no_link_says_so_in_three_languages(desk: Mailed, telephone: Any) -> None:
    telephone.goto(desk.link(contacts(desk)[-1]) + "x")
    text = telephone.inner_text("body")
    assert all(words in text for words in FOREIGN.values())
    assert fits(telephone)
    picture(telephone, "foreign")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_link_and_a_wrong_text_are_said_on_the_page(desk: Mailed, telephone: Any, language: str) -> None:
    link = desk.link(contacts(desk)[-1])
    telephone.goto(desk.forged(link, until=1, language=language))
    assert telephone.locator("main p").count() == 1
    assert fits(telephone)
    picture(telephone, f"closed-{language}")
    telephone.goto(desk.forged(link, language=language))
    telephone.locator("input").fill("Maija 131052-308T")
    telephone.get_by_role("button").click()
    telephone.get_by_role("alert").wait_for()
    assert telephone.locator("input").input_value() == "Maija 131052-308T"
    assert fits(telephone)
    picture(telephone, f"wrong-{language}")


def test_firefox_shows_and_acknowledges_as_well(desk: Mailed, tmp_path: Path) -> None:
    contact = contacts(desk)[-1]
    links = in_every_language(desk, contact)
    with firefox(tmp_path) as browser:
        browser.resize(WIDTH, HEIGHT)
        for language in LANGUAGES:
            browser.open(links[language])
            assert browser.ask("document.documentElement.scrollWidth") <= WIDTH
            assert browser.ask("document.querySelector('button').innerText") == BUTTON[language]
            browser.picture(ARTEFACTS / f"seen-firefox-open-{language}.png")
        assert contact in desk.instruction()["awaiting"]
        browser.open(links["fi"])
        browser.ask("document.querySelector('button').click()")
        until(
            browser,
            "document.querySelector('.said') && document.querySelector('.said').innerText.startsWith('Kuitattu')",
        )
        assert browser.ask("document.cookie") == ""
        browser.picture(ARTEFACTS / "seen-firefox-done-fi.png")
    assert contact in desk.instruction()["acknowledged"]
    assert "<form" not in press(links["en"]).text
