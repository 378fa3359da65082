"""Personal identity codes are found however they are written, and what isn't one is left alone."""

from __future__ import annotations

import base64
import hashlib
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchmarks import identity_codes as benchmark
from workflows.procedure.identity.first_releases import was_taken_for_a_code
from workflows.procedure.identity_codes import check_character, doubts_in, identity_codes_in, masked, without_doubts

CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
SIGNS = {1800: "+", 1900: "-YXWVU", 2000: "ABCDEF"}
SPECIMEN = "131052-308T"
"""The specimen that DVV prints in its own instructions."""


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Any valid code, of any century and with any sign, unless it reads as a ticket's number as well."""
    century = draw(st.sampled_from(sorted(SIGNS)))
    born = draw(st.dates(date(century, 1, 1), date(century + 99, 12, 31)))
    digits = f"{born:%d%m}{born.year % 100:02}{draw(st.integers(2, 999)):03}"
    sign, check = draw(st.sampled_from(SIGNS[century])), check_character(digits)
    assume(not (check.isdigit() and sign == "-" and (18 <= born.year % 100 <= 32 or digits[0] == "0")))
    return digits[:6] + sign + digits[6:] + check


words = st.text(st.characters(exclude_categories=("Nd", "Nl", "No", "Cs"), exclude_characters="+-\xad"))
"""Text in which no code can be hidden, because it has no digits."""


@given(before=words, code=codes(), after=words)
def test_a_valid_code_is_found_within_any_text(before: str, code: str, after: str) -> None:
    text = f"{before} {code} {after}"
    assert (len(before) + 1, len(before) + 12) in identity_codes_in(text)


@given(before=words, code=codes(), wrong=st.sampled_from(CHECK_CHARACTERS), after=words)
def test_a_wrong_check_character_is_never_a_code(before: str, code: str, wrong: str, after: str) -> None:
    text = f"{before} {code[:-1]}{wrong} {after}"
    if code[-1] != wrong:
        assert identity_codes_in(text) == []


@given(
    code=codes(), place=st.integers(1, 10), hidden=st.sampled_from("\x00\x1b\u200b\u200d\u2060\ufeff\u202e\u0336\ufffe")
)
def test_a_code_split_by_what_nobody_sees_is_found(code: str, place: int, hidden: str) -> None:
    assert identity_codes_in(f"x {code[:place]}{hidden}{code[place:]} y") == [(2, 14)]


@given(code=codes())
def test_case_and_full_width_make_no_difference(code: str) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)
    assert identity_codes_in(code.lower()) == identity_codes_in(wide) == [(0, 11)]


@given(text=st.text() | st.lists(codes() | st.text(max_size=5)).map(" ".join))
def test_what_is_masked_holds_no_code_and_keeps_its_length(text: str) -> None:
    assert len(masked(text)) == len(text)
    assert identity_codes_in(masked(text)) == doubts_in(masked(text)) == []


def test_the_check_characters_are_those_of_the_table() -> None:
    assert [check_character(f"{remainder:09}") for remainder in range(31)] == list(CHECK_CHARACTERS)


@pytest.mark.parametrize(
    "written",
    [
        SPECIMEN,
        "131052X308T",
        "hetu131052-308Tja",
        "hetu:131052-308T.",
        "131052 - 308T",
        "131052-\n308T",
        "131052\xa0\N{EN DASH}\xa0308T",
        *(f"131052{dash}308T" for dash in "‐‑‒–—―−⁃˗─﹣－\xad"),
        "\N{ARABIC-INDIC DIGIT ONE}31052-308T",
        "131052 308T",
        "131052 308 T",
        "131052 - 308 T",
        "1 3 1 0 5 2 - 3 0 8 T",
        "13.10.1952-308T",
        "13.10.52-308T",
        "13101952-308T",
        "1952-10-13-308T",
        "131052\n308T",
        "131052-\r\n> > 308T",
        "1310\n> 52-308T",
        "131052&#45;308T",
        "&#x31;31052&ndash;308&#84;",
        "131052-<b>308T</b>",
        "131052-308\N{CYRILLIC CAPITAL LETTER TE}",
        "131052-308\N{GREEK CAPITAL LETTER TAU}",
        "q=a%3A131052%2D308T",
        "131052=2D308T",
        "liite_131052_308T.pdf",
        f"lokissa {base64.b64encode(b'hetu 131052-308T haku').decode()}",
        f"{base64.b64encode('hetu 131052-308T ä'.encode('utf-16-le')).decode()}",
    ],
)
def test_ways_of_writing_one_code(written: str) -> None:
    assert len(identity_codes_in(written)) == 1


@pytest.mark.parametrize("sign", "+-YXWVUABCDEF")
def test_every_sign_of_the_reform_is_known(sign: str) -> None:
    assert identity_codes_in(f"131052{sign}308T") == [(0, 11)]


@pytest.mark.parametrize("sign", "GHIJKLMNOPQRSTZ/*.")
def test_other_signs_make_no_code(sign: str) -> None:
    assert identity_codes_in(f"131052{sign}308T") == []


@pytest.mark.parametrize(
    "harmless",
    [
        "",
        "320152-308T",  # no such day
        "290201-123" + check_character("290201123"),  # 1901 was no leap year
        "131052-001" + check_character("131052001"),  # numbers begin with 002
        "9131052-308T",
        "131052-30890" + check_character("131052308"),
        "1.2.246.537.6.202.999",
        "INC-20261122-A7K2",
        "22.11.2026 14:05 (+02:00)",
        "020 634 7787",
    ],
)
def test_what_only_looks_like_one(harmless: str) -> None:
    assert identity_codes_in(harmless) == []


def test_leap_days_depend_on_the_century() -> None:
    check = check_character("290200123")
    assert identity_codes_in(f"290200A123{check}") == [(0, 11)]
    assert identity_codes_in(f"290200-123{check}") == []


def test_sums_in_hexadecimal_are_not_taken_for_persons() -> None:
    code = f"131052A308{check_character('131052308')}".lower()
    assert identity_codes_in(f"ab{code}") == []
    assert identity_codes_in(" ".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(256))) == []


@pytest.mark.parametrize(
    "doubtful",
    [
        "131053-308T",
        "131052-308S",
        "132052-308T",
        "13l052-3O8T",
        "131052308T",
        "131052-3O8T",
        "200226-9001",
        "1310S2-308T",
        "131052*308T",
        "131052:308T",
        "131052~308T",
    ],
)
def test_what_may_be_a_code_is_a_doubt_and_masked(doubtful: str) -> None:
    if doubtful == "200226-9001":
        doubtful = f"200226-{next(n for n in range(900, 999) if check_character(f'200226{n}').isdigit())}"
        doubtful += check_character(doubtful[:6] + doubtful[7:])
    assert identity_codes_in(doubtful) == []
    assert len(doubts_in(doubtful)) == 1
    assert masked(f"x {doubtful} y") == without_doubts(f"x {doubtful} y") == f"x {'*' * len(doubtful)} y"


def test_the_same_number_is_a_code_or_none_by_what_stands_before() -> None:
    number = next(
        f"200226-{n}{check_character(f'200226{n}')}" for n in range(900, 999) if check_character(f"200226{n}") == "7"
    )
    assert identity_codes_in(f"hetu {number}")
    assert doubts_in(number)
    assert identity_codes_in(f"tiketti {number}") == doubts_in(f"tiketti {number}") == []
    assert was_taken_for_a_code(f"tiketti {number}")


def test_a_code_beside_a_doubt_is_masked_and_only_the_doubt_goes_masked_out_of_the_house() -> None:
    text = "131052-308T ja 131053-308T"
    assert masked(text) == "*********** ja ***********"
    assert without_doubts(text) == "131052-308T ja ***********"


@given(before=st.text(max_size=1200), code=codes())
def test_a_code_is_found_wherever_it_stands_in_a_long_text(before: str, code: str) -> None:
    start = len(before) + 2
    assert (start, start + 11) in identity_codes_in(f"{before}\n\n{code} ja loput")


def test_the_error_rates_on_the_corpus() -> None:
    """Printed by ``python benchmarks/identity_codes.py``. A rate that grows is a decision."""
    rates = benchmark.of_the_corpus()
    assert rates.codes_missed == 0
    assert rates.codes_doubted <= 5.1
    assert rates.mistyped_missed <= 2
    assert rates.taken_for_codes == 0
    assert rates.taken_for_doubts <= 2.8


def test_no_date_with_a_tickets_number_is_taken_for_a_code() -> None:
    taken, asked = benchmark.of_tickets(every=397)
    assert taken == 0
    assert asked < 5
    assert benchmark.of_tickets("Ticket {}", every=997) == benchmark.of_tickets("Tiketti {}", every=997) == (0, 0)
    assert len(benchmark.CORPUS.read_text(encoding="utf-8").splitlines()) == 500


@pytest.mark.parametrize("day", ["20261127", "20260101", "20270812", "20320229"])
@pytest.mark.parametrize("form", ["{}", "Fault {}: the queue grows", "case-{}~2", "<1.{}@example.org>"])
def test_no_reference_of_ours_is_taken_for_a_code(day: str, form: str) -> None:
    """One in 2,500 has the right check character by chance: its letters would have been stopped."""
    right = [
        f"{number:03}{check_character(day[6:] + day[4:6] + day[2:4] + f'{number:03}')}" for number in range(2, 999)
    ]
    texts = [form.format(f"{kind}-{day}-{last}") for kind in ("INC", "BRE", "DRILL-yo") for last in right]

    assert [text for text in texts if identity_codes_in(text) or doubts_in(text)] == []
    assert identity_codes_in(f"hetu-19{day[2:]}-{right[0]}"), "of a person it is one"


@pytest.mark.parametrize(
    "written",
    [
        "131052   -   308T", '"131052"-"308T"', "**131052**-308T", "131052(-308T)", "131052\\u002d308T",
        "'131052'-308T",
        "[131052]-308T", "«131052»-«308T»", "131052 - '308T'",
        "131052-**308T**", "`131052`-`308T`",
    ],
)  # fmt: skip
def test_marks_and_blanks_inside_hide_no_code(written: str) -> None:
    assert identity_codes_in(f"Potilas {written} odottaa")
    assert identity_codes_in(f"Otsikko: {written}")
    assert "308T" not in masked(f"Otsikko {written}")
