"""Addresses for text messages: what the operating model takes, and what it refuses with a reason."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from workflows.procedure.operating_model.text_addresses import ProviderAddress, TextAddress, filled, secrets_in

CONTACT, PROVIDER = TypeAdapter[str](TextAddress), TypeAdapter[str](ProviderAddress)


@pytest.mark.parametrize(
    "text",
    ["", "+358401234567", "json://host/path", "46elks://{secret:user}:{secret:pass}@Desk/+358401234567",
     "workflows://host/{secret:teams}/{secret:sign}"],
)  # fmt: skip
def test_good_addresses_of_contacts(text: str) -> None:
    assert CONTACT.validate_python(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0401234567", "must be a number like"),
        ("+358 40 123", "must be a number like"),
        ("json://a b", "without spaces"),
        ("json://user:hunter2@host", "a password stands in it"),
        ("slack://AbCdEf0123456789AbCdEf/x", "looks like a key or a token"),
        ("json://{secret:../etc/passwd}@host", "braces"),
        ("json://{password}@host", "braces"),
    ],
)
def test_bad_addresses_of_contacts(text: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        CONTACT.validate_python(text)


def test_a_provider_says_where_the_number_goes() -> None:
    assert PROVIDER.validate_python("46elks://{secret:u}:{secret:p}@Desk/{number}")
    with pytest.raises(ValidationError, match="where the number goes"):
        PROVIDER.validate_python("46elks://{secret:u}:{secret:p}@Desk/")


def test_secrets_and_numbers_are_filled_in() -> None:
    address = "x://{secret:u}:{secret:p}@Desk/{number}"
    assert secrets_in(address) == ("u", "p")
    assert filled(address, number="+358", secret=str.upper) == "x://U:P@Desk/+358"
