"""Where these tests keep things: in SQLite, and in a real PostgreSQL."""

from tests.store import home, postgres

__all__ = ["home", "postgres"]
