"""The real server, for what is held beside it."""

from tests.desks.temporal_fixtures import server

__all__ = ["server"]
