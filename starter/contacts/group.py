"""``kantadesk contacts``: which commands there are."""

from __future__ import annotations

from starter.lazy import Entry, LazyGroup

contacts = LazyGroup(
    "contacts",
    entries={
        "list": Entry("contacts.list:list_contacts", "Which details were confirmed when; what is in doubt."),
        "show": Entry("contacts.show:show_contact", "One contact: by which details, how sure they are."),
        "verify": Entry("contacts.say:verify", "Somebody has made sure that the details are right."),
        "wrong": Entry("contacts.say:wrong", "Nobody was reached by these details."),
        "test": Entry("contacts.try_contact:try_contact", "A mail and a text message that really go, as a test."),
        "settle": Entry("contacts.settle:settle", "Whether a letter without an answer arrived is known by now."),
        "checked": Entry("contacts.say:checked", "What others keep was looked at, or a number called."),
        "rota": Entry("contacts.rota:show_rota", "Who is on duty now, and in the coming week."),
        "forget": Entry("contacts.forget:forget_contact", "Take a contact's personal data out; say what stays."),
        "diff": Entry("contacts.import_contacts:diff", "What an import of contacts would change."),
        "import": Entry("contacts.import_contacts:import_contacts", "Take contacts from a table or an address book."),
    },
    help="""The people who must be reached, and whether their details still do that.

A review asks whoever answers for a contact every half a year, and at once where nobody was reached. The
details themselves stand in the operating model.

\b
  kantadesk contacts list --doubtful                what is to be confirmed now
  kantadesk contacts verify ward-3                  I have called them: it is right
  kantadesk contacts wrong ward-3 --channel phone   somebody else answers
  kantadesk contacts checked extranet               Kela's list was looked at""",
)
