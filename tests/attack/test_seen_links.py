"""The links of letters, by which a contact acknowledges: read by a scanner, guessed, changed, late, twice."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from activities.acknowledging.links import PATH, SeenLinkSigner
from tests.attack.letters import CASE, Mailed, ask, mailed, press
from tests.starter.conftest import TRIAGE
from workers.keys.derived import link_keys
from workers.keys.ring import generate

FOREIGN = "This link is not ours or is not whole: open it from the message as it stands."
CONTACTS: list[str] = []


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailed]:
    """A desk whose contacts have been told of an instruction."""
    with mailed(tmp_path_factory.mktemp("mailed")) as running:
        CONTACTS.extend(running.instruction()["awaiting"])
        assert len(CONTACTS) >= 3
        yield running


def test_a_scanner_that_opens_every_link_acknowledges_nothing(desk: Mailed) -> None:
    link = desk.link(CONTACTS[0])
    before = desk.instruction()
    for method in ("GET", "HEAD", "GET", "OPTIONS", "PUT", "DELETE", "PROPFIND"):
        answer = ask(method, link)
        assert answer.status_code == (200 if method in ("GET", "HEAD") else 405)
    assert desk.instruction() == before


def test_the_button_acknowledges_and_a_second_click_says_who_did_it_when(desk: Mailed) -> None:
    link = desk.link(CONTACTS[0])
    shown = ask("GET", link).text
    assert '<form method="post">' in shown
    first = press(link, passed_on_to="Yövuoro")
    assert (first.status_code, first.headers["Location"]) == (303, link.removeprefix(desk.base))
    known = desk.instruction()
    assert CONTACTS[0] in known["acknowledged"]
    assert known["answers"][CONTACTS[0]]["passed_on_to"] == "Yövuoro"
    after = ask("GET", link).text
    assert known["answers"][CONTACTS[0]]["by"] in after
    assert "<form" not in after
    assert "Yövuoro" in after
    again = press(link, passed_on_to="Somebody else")
    assert again.status_code == 200
    assert "<form" not in again.text
    assert desk.instruction() == known


def test_what_was_changed_by_a_letter_is_no_link(desk: Mailed) -> None:
    link = desk.link(CONTACTS[1])
    token = link.partition(PATH)[2]
    before = desk.instruction()
    changed = {
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        for place in range(0, len(token) - 1, 7)
    }
    for other in (*changed, token[:-1], token + "A", "", "x", token.upper(), "A" * 5000):
        for send in (lambda address: ask("GET", address), press):
            answer = send(f"{desk.base}{PATH}{other}")
            assert answer.status_code == 404
            assert FOREIGN in answer.text
    assert desk.instruction() == before


def test_what_another_key_has_signed_is_no_link(desk: Mailed) -> None:
    link = desk.link(CONTACTS[1])
    theirs = SeenLinkSigner(link_keys(generate()))
    answer = press(f"{desk.base}{PATH}{theirs.token(desk.said_by(link))}")
    assert (answer.status_code, FOREIGN in answer.text) == (404, True)
    assert CONTACTS[1] in desk.instruction()["awaiting"]


def test_a_link_whose_time_is_over_is_refused_in_one_sentence_of_its_own_language(desk: Mailed) -> None:
    link = desk.link(CONTACTS[1])
    for language, says in (("fi", "Linkki sulkeutui"), ("sv", "Länken stängdes"), ("en", "This link closed on")):
        late = desk.forged(link, until=int(time.time()) - 1, language=language)
        for answer in (ask("GET", late), press(late)):
            assert answer.status_code == 410
            assert answer.text.count("<p") == 1
            assert says in answer.text
    assert CONTACTS[1] in desk.instruction()["awaiting"]


def test_a_link_of_one_contact_serves_no_other_and_no_other_case(desk: Mailed) -> None:
    link = desk.link(CONTACTS[1])
    others = {
        "contact": desk.forged(link, contact="nobody-known"),
        "what": desk.forged(link, what="instruction-99"),
        "case": desk.forged(link, workflow_id="incident-NOT-THERE"),
    }
    before = desk.instruction()
    for name, address in others.items():
        answer = press(address)
        assert answer.status_code in {200, 503}, name
        assert "<form" not in answer.text, name
    assert desk.instruction() == before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Content-Type": "application/json"}, 415),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
def test_a_foreign_page_presses_no_button(desk: Mailed, headers: dict[str, str], status: int) -> None:
    before = desk.instruction()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask("POST", desk.link(CONTACTS[1]), content=b"passed_on_to=", headers=form | headers).status_code == status
    assert desk.instruction() == before


def test_what_is_too_large_or_holds_an_identity_code_is_not_taken(desk: Mailed) -> None:
    link = desk.link(CONTACTS[1])
    before = desk.instruction()
    assert press(link, passed_on_to="x" * 5000).status_code == 413
    for typed in ("y" * 201, "Maija 131052-308T"):
        answer = press(link, passed_on_to=typed)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert press(link, passed_on_to="<script>alert(1)</script>" * 12).status_code == 422
    assert desk.instruction() == before


@pytest.mark.parametrize("added", ["?utm_source=gateway", "/", "/?x=1"])
def test_what_a_gateway_of_mail_adds_to_a_link_is_passed_over(desk: Mailed, added: str) -> None:
    before = desk.instruction()
    answer = ask("GET", f"{desk.link(CONTACTS[1])}{added}")
    assert answer.status_code == 200
    assert "<form" in answer.text
    assert desk.instruction() == before


def test_nothing_else_lies_behind_this_port_and_every_answer_is_guarded(desk: Mailed) -> None:
    link = desk.link(CONTACTS[1])
    token = link.partition(PATH)[2]
    elsewhere = ["/", "/decode", "/api/v1/namespaces", "/kantadesk/enter?ticket=x", f"{PATH}../decode", f"//{token}",
                 f"{PATH}{token}/more", f"{PATH}{token}x?x=1"]  # fmt: skip
    for path in elsewhere:
        assert ask("GET", f"{desk.base}{path}").status_code == 404, path
    for answer in (
        ask("GET", link),
        ask("GET", f"{desk.base}/"),
        ask("PUT", link),
        ask("GET", link, headers={"Host": "x"}),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert "Server" not in answer.headers
    page = ask("GET", link).text
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_who_opens_one_link_without_end_is_slowed_and_nobody_else(desk: Mailed) -> None:
    link, other = desk.link(CONTACTS[2]), desk.link(CONTACTS[1])
    with httpx.Client(trust_env=False, timeout=60) as client:
        statuses = [client.get(link).status_code for _ in range(200)]
    assert statuses[0] == 200
    assert 429 in statuses
    assert ask("GET", other).status_code == 200


def test_broken_requests_stop_nobody(desk: Mailed) -> None:
    port = int(desk.base.rpartition(":")[2])
    for raw in (
        b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n",
        b"\x16\x03\x01\x00",
        b"GET " + b"A" * 300_000,
    ):
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(raw)
    assert ask("GET", desk.link(CONTACTS[1])).status_code == 200


def test_the_audit_names_the_letter_and_never_the_link(desk: Mailed) -> None:
    link = desk.link(CONTACTS[1])
    ask("GET", link)
    audit = desk.audit()
    read = desk.said_by(link)
    assert f"GET letter={read.letter} workflow=incident-{CASE} contact={CONTACTS[1]}" in audit
    assert link.partition(PATH)[2] not in audit


def test_the_command_line_acknowledges_as_before_and_the_link_says_so(desk: Mailed) -> None:
    link = desk.link(CONTACTS[1])
    told = desk.desk("incident", "ack", CASE, "--contact", CONTACTS[1], "--what", "instruction-1", "--by", "Anna Aalto")
    assert told.code == 0, told.err
    answer = press(link)
    assert answer.status_code == 200
    assert "Anna Aalto" in answer.text
    assert "<form" not in answer.text


def test_an_alarm_is_acknowledged_by_the_link_of_its_letter_and_stays_owed(desk: Mailed) -> None:
    opened = ("incident", "open", "--reference", "DR-21", "--title", "x", "--service", "PDR", "--drill", "--json")
    assert desk.desk(*opened).code == 0
    assert desk.desk("drill", "advance", "DR-21", "11min").code == 0
    link = desk.link_of_alarm("DR-21", "triage")
    shown = ask("GET", link).text
    assert "HARJOITUS" in shown
    assert "Se ei täytä velvoitetta" in shown
    assert press(link).status_code == 303
    [owed] = [
        duty for duty in desk.desk("incident", "show", "DR-21", "--json").json["duties"] if duty["id"] == "triage"
    ]
    assert (owed["state"], bool(owed["acknowledged_at"])) == ("open", True)
    again = press(link)
    assert again.status_code == 200
    assert owed["acknowledged_by"] in again.text
    assert desk.desk("incident", "triage", "DR-21", *TRIAGE).code == 0
    assert "Tätä kuittausta ei enää odoteta" in press(link).text
