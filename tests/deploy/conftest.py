"""A real PostgreSQL, for what is set up on one."""

from tests.store import postgres

__all__ = ["postgres"]
