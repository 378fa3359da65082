"""A real PostgreSQL, for the doctor to look at."""

from tests.store import postgres

__all__ = ["postgres"]
