"""The mark of a contact's details."""

from __future__ import annotations

import hashlib
import json

from workflows.procedure.operating_model.people import Contact

MARK_LENGTH = 12


def mark_of(contact: Contact) -> str:
    """What changes with the details by which a contact is reached: a digest, cut so short that it tells nothing."""
    own = sorted(contact.addresses.items())  # where there are none the mark is as it was before there could be
    details = [contact.name, contact.email, contact.phone, contact.text_message, *([own] if own else [])]
    return hashlib.sha256(json.dumps(details).encode()).hexdigest()[:MARK_LENGTH]
