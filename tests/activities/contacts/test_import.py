"""Contacts from tables and address books: read, checked, compared, written beside the comments."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from activities.contacts.card_file import UnusableCards, cards_in
from activities.contacts.import_cards import NEVER, differences, must_stay_valid, write
from activities.operating_model.faults import OperatingModelFault
from activities.operating_model.file import load_operating_model
from workers.settings import packaged_operating_model
from workflows.procedure.operating_model.model import OperatingModel

CARDS = """BEGIN:VCARD
VERSION:3.0
FN:Yöhoitaja Äkäslompolo
EMAIL;TYPE=work:yo@example.org
TEL;TYPE=fax:+358 9 1234567
TEL;TYPE=work:09 1234567
TEL;TYPE=cell:040 1234567
CATEGORIES:Ward,Night Shift
END:VCARD
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An operating model to change."""
    copy = tmp_path / "operating-model.toml"
    copy.write_bytes(packaged_operating_model().read_bytes())
    copy.chmod(0o640)
    return copy


def found(content: str, model: OperatingModel) -> dict[tuple[str, str], str]:
    """What would change: the new value, by contact and field."""
    return {(each.contact, each.field): each.after for each in differences(cards_in(content.encode()), model)}


def test_a_table_changes_what_it_says_and_nothing_else(file: Path) -> None:
    model = load_operating_model(file)
    before = file.read_text(encoding="utf-8")
    table = "id;name;email;phone\npharmacy-centre;;;040 1234567\nnew-ward;Uusi osasto;uusi@example.org;\n"
    changes = differences(cards_in(table.encode()), model)
    assert {(each.contact, each.field): each.after for each in changes} == {
        ("pharmacy-centre", "phone"): "+358 40 1234567",
        ("new-ward", "name"): "Uusi osasto",
        ("new-ward", "email"): "uusi@example.org",
        ("new-ward", "verified_on"): NEVER.isoformat(),
    }
    write(file, changes)
    after = load_operating_model(file)
    assert after.contacts["pharmacy-centre"].phone == "+358 40 1234567"
    assert after.contacts["pharmacy-centre"].verified_on == model.contacts["pharmacy-centre"].verified_on
    assert after.contacts["new-ward"].verified_on == NEVER
    assert {name: entry for name, entry in after.contacts.items() if name not in ("new-ward", "pharmacy-centre")} == {
        name: entry for name, entry in model.contacts.items() if name != "pharmacy-centre"
    }
    assert after.model_copy(update={"contacts": {}}) == model.model_copy(update={"contacts": {}})
    text = file.read_text(encoding="utf-8")
    comments = [line for line in before.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in text.splitlines() if line.lstrip().startswith("#")] == comments
    assert file.stat().st_mode & 0o777 == 0o640
    assert differences(cards_in(table.encode()), after) == [], "a second time changes nothing"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_card_is_taken_with_its_numbers_and_groups(file: Path) -> None:
    model = load_operating_model(file)
    assert found(CARDS, model) == {
        ("yohoitaja-akaslompolo", "name"): "Yöhoitaja Äkäslompolo",
        ("yohoitaja-akaslompolo", "email"): "yo@example.org",
        ("yohoitaja-akaslompolo", "phone"): "+358 9 1234567",
        ("yohoitaja-akaslompolo", "text_message"): "+358401234567",
        ("yohoitaja-akaslompolo", "groups"): "ward, night-shift",
        ("yohoitaja-akaslompolo", "verified_on"): NEVER.isoformat(),
    }
    write(file, differences(cards_in(CARDS.encode()), model))
    assert load_operating_model(file).contacts["yohoitaja-akaslompolo"].groups == ("ward", "night-shift")


def test_a_contact_is_known_by_its_address(file: Path) -> None:
    model = load_operating_model(file)
    address = model.contacts["pharmacy-centre"].email.upper()
    changes = found(f"name,email\nApteekki,{address}\n", model)
    assert changes[("pharmacy-centre", "name")] == "Apteekki"


def test_a_new_day_is_written_as_a_day(file: Path) -> None:
    write(file, differences(cards_in(b"id,verified_on\ndesk,2026-11-27\n"), load_operating_model(file)))
    assert tomllib.loads(file.read_text(encoding="utf-8"))["contacts"]["desk"]["verified_on"] == date(2026, 11, 27)


@pytest.mark.parametrize("table", ["id,owner\ndesk,nobody\n", "id,language\ndesk,de\n"])
def test_what_would_make_the_file_invalid_is_said_before_anything_is_written(file: Path, table: str) -> None:
    before = file.read_bytes()
    with pytest.raises(OperatingModelFault) as fault:
        must_stay_valid(file, differences(cards_in(table.encode()), load_operating_model(file)))
    assert file.name in str(fault.value)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_what_would_make_the_file_invalid_is_not_written(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(OperatingModelFault, match="no contact 'nobody'"):
        write(file, differences(cards_in(b"id,owner\ndesk,nobody\n"), load_operating_model(file)))
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "there is no contact in the file"),
        ("id,name\n", "there is no contact in the file"),
        ("id,nmae\ndesk,x\n", "line 1: there is no column 'nmae'"),
        ("id,name\ndesk\n", "line 2: it has not as many cells as there are headings"),
        ("id,name\ndesk,x,y\n", "line 2: it has not as many cells as there are headings"),
        ('id,name\ndesk,"x\n', "line 2"),
        ("id,phone\ndesk,twelve\n", "line 2: phone: 'twelve' is no telephone number"),
        ("id,phone\ndesk,040 12\n", "line 2: phone: there can be no number '040 12'"),
        ("id,email\ndesk,desk@\n", "line 2: email"),
        ("id,email\ndesk,desk@exa mple.org\n", "line 2: email"),
        ("id,verified_on\ndesk,yesterday\n", "line 2: verified_on: write the day like"),
        ("id,name\nDesk One,x\n", "line 2: id: small letters"),
        ("id,verified_on\ndesk,2999-01-01\n", "line 2: verified_on: 2999-01-01 is still to come"),
        ("id,phone,verified_on\ndesk,040 1234567,2026-11-27\n", "line 2: details that change here are confirmed by"),
        ("name,email\nDesk,another@example.org\n", "line 2: there is desk here already: say by id whether"),
        ("id,name,name\ndesk,x,y\n", "line 1: the column 'name' stands there twice"),
        ("id,groups\ndesk,BAD Group!\n", "line 2: groups: 'BAD' is no name of a group"),
        ("id,name\ndesk,a\x1b[31mb\n", "line 2: name: it holds a character that can't be seen"),
        ("id,name\nnobody,x\n", "line 2: nobody is new and has no email"),
        ("id,name\ndesk,x\ndesk,y\n", "line 3: desk stands at line 2 already"),
        ("name,email\n!!!,x@example.org\n", "line 2: say an id, or a name"),
        ("BEGIN:VCARD\nFN:x\n", "cards can't be read"),
        ("BEGIN:VCARD\nVERSION:3.0\nFN:x\nTEL:abc\nEND:VCARD\n", "card 1: phone: 'abc' is no telephone number"),
    ],
)
def test_a_fault_is_one_line_with_its_place(file: Path, content: str, said: str) -> None:
    with pytest.raises(UnusableCards) as fault:
        differences(cards_in(content.encode()), load_operating_model(file))
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_other_encodings_are_read_or_named(file: Path) -> None:
    model = load_operating_model(file)
    table = "id,name\ndesk,Päivystys\n"
    assert differences(cards_in(table.encode("utf-16")), model) == differences(
        cards_in(table.encode("utf-8-sig")), model
    )
    with pytest.raises(UnusableCards, match="save it as UTF-8"):
        cards_in(table.encode("latin-1"))
    with pytest.raises(UnusableCards, match="larger than 2 MB"):
        cards_in(b"x" * 2_000_001)


@pytest.mark.parametrize(
    "line",
    ["PHOTO;ENCODING=b;TYPE=JPEG:@@not base64@@", "NOTE;CHARSET=no-such-set;ENCODING=QUOTED-PRINTABLE:=E4", "TEL;TYPE"],
)
def test_a_card_that_nobody_can_read_is_refused_in_one_line(line: str) -> None:
    with pytest.raises(UnusableCards, match=r"^the cards can't be read: ") as fault:
        cards_in(CARDS.replace("FN:", f"{line}\nFN:", 1).encode())
    assert "\n" not in str(fault.value)
