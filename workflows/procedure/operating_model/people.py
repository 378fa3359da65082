"""The people of the operating model: who is told, who holds a role, which instructions of our own they are shown."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from workflows.procedure.languages import Language
from workflows.procedure.model import Model, NeededLine
from workflows.procedure.operating_model.channels import AT_MOST, ChannelName, OwnChannel, in_order
from workflows.procedure.operating_model.holding_back import HoursInText, Window
from workflows.procedure.operating_model.mail_address import usable
from workflows.procedure.operating_model.rota_source import RotaSource
from workflows.procedure.operating_model.text_addresses import TextAddress
from workflows.procedure.services import Sector

ContactId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Email = Annotated[str, AfterValidator(usable)]


class Contact(Model):
    """Somebody who is told. ``verified_on``: when the details were last found to be right."""

    name: NeededLine
    email: Email
    phone: str = ""
    text_message: TextAddress = ""
    """Where text messages go: a number like +358401234567, or an address of another provider; empty: by e-mail."""
    addresses: Annotated[dict[OwnChannel, TextAddress], Field(max_length=AT_MOST)] = Field(default_factory=dict)
    """Other ways to this contact, each by a name of your own (``teams``): an address that Apprise knows."""
    channels: Annotated[tuple[ChannelName, ...], Field(max_length=AT_MOST)] = ()
    """In which order: ``email``, ``text_message``, names of ``addresses``; e-mail is the last in any case."""
    language: Language = "fi"
    groups: tuple[str, ...] = ()
    sector: Sector | None = None
    """Whose advice it is given in a fault; left out, the organisation's own."""
    deputies: tuple[ContactId, ...] = ()
    """Who is told where this contact does not acknowledge an instruction; empty: the deputies of its roles."""
    owner: ContactId | Literal[""] = ""
    """Who answers for these details and is asked to confirm them; empty: the desk."""
    quiet_hours: HoursInText = ""
    """Local hours in which it is told only what can't wait; empty: those of ``[holding_back]``; ``never``: none."""
    one_message_per: Window | None = None
    """No more than one message in so long a time, unless it can't wait; left out, that of ``[holding_back]``."""
    verified_on: date

    def address_of(self, channel: str) -> str:
        """Where messages by a channel go, other than e-mail; empty where there is none."""
        return self.text_message if channel == "text_message" else self.addresses.get(channel, "")

    def ways(self) -> tuple[str, ...]:
        """Its channels, in the order in which they are tried."""
        return in_order(self.channels)


class RoleHolders(Model):
    """Who holds a role, and who stands in when nobody acknowledges.

    With a rota, whoever is on duty is told; all ``contacts`` are where the rota names nobody, or can't be read.
    """

    contacts: tuple[ContactId, ...] = Field(min_length=1)
    deputies: tuple[ContactId, ...] = ()
    rota: RotaSource = ""
    """The calendar that says who is on duty: a file, or an address; empty where everybody in the role always is."""
    owner: ContactId | Literal[""] = ""
    """Who keeps the rota and hears of its gaps; empty: the desk."""


class OwnInstruction(Model):
    """An instruction of the organisation's own: every letter that gives advice names it."""

    title: NeededLine
    place: NeededLine
    """Where it is found: an address, or words such as "Intranet > Varautuminen"."""
    language: Language = "fi"
    sectors: tuple[Sector, ...] = ()
    """Whose it is: contacts of these sectors read of it; left out, everybody does."""

    def is_for(self, sector: Sector) -> bool:
        """Whether a contact of a sector reads of it."""
        return not self.sectors or sector in self.sectors
