"""The organisation's local operating model: what the national instruction leaves to each organisation.

One file, ``operating-model.toml``, validated whole. People are resolved when something is sent to them; rules (ladders,
definitions, lengths) are taken when a duty opens and stay in that incident's history.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from workflows.procedure import local_time
from workflows.procedure.contacts.rules import ReviewRules
from workflows.procedure.duties import OWN_LADDERS, DutyKind, Ladder, Role
from workflows.procedure.incident.criteria import DEFAULT_VERSION
from workflows.procedure.languages import Language, Trilingual
from workflows.procedure.maintenance.rules import AS_PUBLISHED, MaintenanceRules
from workflows.procedure.model import Duration, Model, NeededLine
from workflows.procedure.operating_model.channels import EMAIL, ChannelRules, Manner
from workflows.procedure.operating_model.holding_back import HoldingBack, QuietHours
from workflows.procedure.operating_model.ladders import SHORTEST_GAP, SoundLadder, refuse_all
from workflows.procedure.operating_model.people import Contact, ContactId, Email, OwnInstruction, RoleHolders
from workflows.procedure.operating_model.references import dangling
from workflows.procedure.operating_model.reporting import FurtherReports, Report
from workflows.procedure.operating_model.seen_links import SeenLinks
from workflows.procedure.operating_model.text_addresses import TextProvider
from workflows.procedure.operating_model.unanswered import Digests, Unanswered
from workflows.procedure.services import Sector, ServiceId
from workflows.procedure.watchdog.book import EarlierLife
from workflows.procedure.watchdog.findings import Watching


def _known_zone(name: str) -> str:
    try:
        local_time.zone(name)
    except (LookupError, ValueError, OSError) as unknown:
        what_to_do = "install the package tzdata" if name == local_time.HELSINKI else "write it like Europe/Helsinki"
        raise ValueError(f"there is no time zone {name!r}: {what_to_do}") from unknown
    return name


def _some_time(length: timedelta) -> timedelta:
    if length <= timedelta(0):
        raise ValueError("must be longer than nothing")
    return length


Unavailability = Annotated[Duration, AfterValidator(_some_time)]
"""How long a repository or prescription outage lasts before the question of a breach opens: the organisation's own."""
UNAVAILABILITY = timedelta(hours=4)
ClearMessages = Literal["harmless", "all", "none"]
"""What may be said to a process without the desk's key."""
LETTER_LANGUAGES: tuple[Language, ...] = ("fi", "sv")
TimeZone = Annotated[str, AfterValidator(_known_zone)]


class Organisation(Model):
    """Who reports."""

    name: NeededLine
    names: dict[Language, NeededLine] = Field(default_factory=dict)
    """The name in a language, where it has one there; ``name`` in every other."""
    business_id: str = ""
    oid: str = ""
    unit: str = ""
    units: dict[Language, NeededLine] = Field(default_factory=dict)
    """The unit's name in a language, as ``names``."""
    unit_oid: str = ""
    sector: Sector = "healthcare"
    reporter_role: Literal["helpdesk", "supplier"] = "helpdesk"
    contact_person: str = ""
    call_back: str = ""
    """Telephone at which Kela reaches somebody around the clock."""
    email: Email
    """Sender of every message."""
    language: Language = "fi"
    time_zone: Annotated[TimeZone, Field(validate_default=True)] = local_time.HELSINKI
    """Looked up also where it is left out: a worker without time zone data must not start, its processes would stop."""

    def name_in(self, language: Language) -> str:
        """The organisation's name in a language."""
        return self.names.get(language, self.name)

    def unit_in(self, language: Language) -> str:
        """The unit's name in a language; empty where it has none."""
        return self.units.get(language, self.unit)


class System(Model):
    """An information system of the organisation that uses the Kanta Services."""

    name: NeededLine
    services: tuple[ServiceId, ...] = ()
    """The services that it uses: the form names it in their faults. Empty: in every fault."""
    version: str = ""
    supplier: str = ""
    system_class: Literal["A", "B", ""] = ""
    connection_point: str = ""
    """Connection point or Kanta intermediary."""


class Kela(Model):
    """Kela's technical support, as published on kanta.fi."""

    report_email: Email = "tekninentuki@kanta.fi"
    phone: str = "020 634 7787"


class Definitions(Model):
    """What this organisation means by the words that the national instruction leaves undefined."""

    critical: Trilingual
    extensive: Trilingual


class Telling(Model):
    """The contact groups that are told at each point; ``..._text``: by text message, who has no number by e-mail."""

    start: tuple[str, ...]
    change: tuple[str, ...]
    end: tuple[str, ...]
    instruction: tuple[str, ...]
    start_text: tuple[str, ...] = ()
    change_text: tuple[str, ...] = ()
    end_text: tuple[str, ...] = ()


class WatchPhase(Model):
    """The watch phase: backlog, relapse."""

    length: Annotated[Duration, Field(ge=timedelta(0))] = timedelta(hours=24)


class Switches(Model):
    """Which reports under other laws than the GDPR this organisation owes; none unless it says so."""

    significant_deviation: bool = False
    """Significant deviations of information systems (Act 703/2023)."""
    device_hazard: bool = False
    """Hazards of medical devices (Act 719/2021)."""
    nis2: bool = False
    """Significant incidents under the Cybersecurity Act 124/2025."""
    cer: bool = False
    """Incidents of a critical entity (Act 310/2025)."""


class Breach(Model):
    """When the question of a breach opens by itself (being out of reach is a breach of availability too); letters."""

    unavailability_after: Unavailability = UNAVAILABILITY
    letter_languages: Annotated[tuple[Language, ...], Field(min_length=1)] = LETTER_LANGUAGES
    """The languages of the letter to the persons concerned."""


class NoticeRules(Model):
    """How the published notices are followed."""

    every: Annotated[Duration, Field(ge=SHORTEST_GAP, le=timedelta(days=1))] = timedelta(minutes=5)
    """Between two looks at the feeds."""
    new_fault: Literal["ignore", "propose", "open"] = "propose"
    """What happens where a new fault concerns no open incident: nothing, a letter to the desk, or an incident."""
    too_old_after: Annotated[Duration, AfterValidator(_some_time)] = timedelta(hours=24)
    """A notice that is first seen so long after it was published is recorded only."""
    same_fault_within: Annotated[Duration, AfterValidator(_some_time)] = timedelta(hours=24)
    """So long after its last change a notice may leave a report to Kela out; the organisation's own choice."""
    tell_down_after: Annotated[Duration, AfterValidator(_some_time)] = timedelta(hours=1)
    """A feed that can't be read for so long is told to those who keep the systems running, once."""


class OperatingModel(Model):
    """The whole file."""

    organisation: Organisation
    systems: tuple[System, ...] = ()
    kela: Kela = Kela()
    criteria_version: str = DEFAULT_VERSION
    definitions: Definitions
    contacts: dict[ContactId, Contact] = Field(min_length=1)
    group_names: dict[str, dict[Language, NeededLine]] = Field(default_factory=dict)
    """What a contact group is called where a person reads, by language."""
    roles: dict[Role, RoleHolders]
    instructions: tuple[OwnInstruction, ...] = ()
    telling: Telling
    ladders: dict[DutyKind, SoundLadder]
    watch: WatchPhase = WatchPhase()
    report: Report = Report()
    switches: Switches = Switches()
    breach: Breach = Breach()
    notices: NoticeRules = NoticeRules()
    maintenance: MaintenanceRules = AS_PUBLISHED
    text_messages: TextProvider = TextProvider()
    watchdog: Watching = Watching()
    contact_review: ReviewRules = ReviewRules()
    acknowledgement_links: SeenLinks = SeenLinks()
    unanswered: Unanswered = Unanswered()
    channels: ChannelRules = ChannelRules()
    holding_back: HoldingBack = HoldingBack()
    second_person: bool = False
    """Whether what is decided over a legal duty (waived, concluded, cancelled) waits for another person."""

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        """Every contact, group, role and criteria version that is named is there; each fault with its own place."""
        refuse_all("OperatingModel", dangling(self))
        return self

    def members(self, groups: tuple[str, ...]) -> tuple[ContactId, ...]:
        """The contacts in any of the groups, in the file's order, each once."""
        return tuple(contact for contact, entry in self.contacts.items() if set(entry.groups) & set(groups))

    def holders(self, roles: tuple[Role, ...], *, deputies: bool = False) -> tuple[ContactId, ...]:
        """Who holds any of the roles (with deputies where wanted), each once. A role nobody holds falls to the desk."""
        held = [self.roles.get(role, self.roles["desk"]) for role in roles]
        return tuple(dict.fromkeys(c for h in held for c in (*h.contacts, *(h.deputies if deputies else ()))))

    def sector_of(self, contact: ContactId) -> Sector:
        """Whose advice a contact is given: its own sector's, or the organisation's."""
        return self.contacts[contact].sector or self.organisation.sector

    def manner_of(self, contact: ContactId) -> Manner | None:
        """How a contact is told; None where by e-mail alone, and at once."""
        entry, rules = self.contacts[contact], self.holding_back
        quiet = QuietHours.read(entry.quiet_hours or rules.quiet_hours, self.organisation.time_zone)
        manner = Manner(
            channels=entry.ways(),
            quiet=quiet,
            one_per=entry.one_message_per or rules.one_message_per,
            **self.channels.model_dump(),
        )
        return manner if manner.holds_back or manner.channels != (EMAIL,) else None

    def speaks_for_us(self, contact: ContactId) -> bool:
        """Whether a contact holds the role ``communications``: the named owner of telling people about faults."""
        holders = self.roles.get("communications")
        return holders is not None and contact in holders.contacts

    def is_told(self, contact: ContactId, point: Literal["change", "end"]) -> bool:
        """Whether a contact hears of each change, or of the end, of a fault: nobody is promised what is not sent."""
        telling = self.telling
        mailed, texted = {
            "change": (telling.change, telling.change_text),
            "end": (telling.end, telling.end_text),
        }[point]
        return contact in self.members((*mailed, *texted))

    def suppliers(self) -> tuple[str, ...]:
        """The suppliers of the organisation's systems, each once."""
        return tuple(dict.fromkeys(system.supplier for system in self.systems if system.supplier))

    def rules(self) -> LocalRules:
        """What an incident takes into its own history when a duty opens."""
        return LocalRules(
            criteria_version=self.criteria_version,
            definitions=self.definitions,
            ladders=self.ladders,
            telling=self.telling,
            watch_length=self.watch.length,
            kela_phone=self.kela.phone,
            languages=tuple(dict.fromkeys([self.organisation.language, *self.report.label_languages])),
            time_zone=self.organisation.time_zone,
            organisation=self.organisation.name,
            organisation_names=tuple(dict.fromkeys(self.organisation.names.values())),
            sector=self.organisation.sector,
            switches=self.switches,
            second_person=self.second_person,
            suppliers=self.suppliers(),
            unavailability_after=self.breach.unavailability_after,
            letter_languages=tuple(dict.fromkeys(self.breach.letter_languages)),
            notices=self.notices,
            maintenance=self.maintenance,
            digests=Digests(**self.unanswered.model_dump(), time_zone=self.organisation.time_zone),
            further_reports=FurtherReports(
                supplement=self.report.supplement, end=self.report.end, withdrawal=self.report.withdrawal
            ),
        )


class LocalRules(Model):
    """The part of the operating model that decides: no persons, no addresses."""

    criteria_version: str = DEFAULT_VERSION
    definitions: Definitions
    ladders: dict[DutyKind, Ladder]
    telling: Telling
    watch_length: Duration
    kela_phone: str
    languages: tuple[Language, ...] = ("fi",)
    time_zone: str = "Europe/Helsinki"
    organisation: str = ""
    organisation_names: tuple[str, ...] = ()
    """Its names in other languages: whoever is named by one of them is the organisation itself."""
    sector: Sector = "healthcare"
    switches: Switches = Switches()
    second_person: Annotated[bool, Field(exclude_if=lambda wanted: not wanted)] = False
    suppliers: tuple[str, ...] = ()
    """The suppliers of the organisation's systems."""
    unavailability_after: Duration = UNAVAILABILITY
    letter_languages: tuple[Language, ...] = LETTER_LANGUAGES
    notices: NoticeRules = NoticeRules()
    maintenance: MaintenanceRules = AS_PUBLISHED
    further_reports: FurtherReports = FurtherReports()
    digests: Annotated[Digests | None, Field(exclude_if=lambda digests: digests is None)] = None
    clear_messages: ClearMessages = "harmless"
    """A setting of the worker, not of the operating model: it comes with the rules, so that the history has it."""
    earlier: EarlierLife | None = None
    """No rule, but handed over with them: what the book of processes knows of an earlier life of the one that asks."""

    def ladder(self, kind: DutyKind) -> Ladder:
        """The ladder of a kind of duty; where the organisation has set none, ours for it or that of ``triage``."""
        return self.ladders.get(kind) or OWN_LADDERS.get(kind) or self.ladders["triage"]
