"""The mark of a contact's details."""

from __future__ import annotations

import hashlib
import json

from workflows.procedure.operating_model.people import Contact

MARK_LENGTH = 12


def mark_of(contact: Contact) -> str:
    """What changes with the details by which a contact is reached: a digest, cut so short that it tells nothing."""
    details = json.dumps([contact.name, contact.email, contact.phone, contact.text_message])
    return hashlib.sha256(details.encode()).hexdigest()[:MARK_LENGTH]
