"""The fixtures of tests that run a process on a real server."""

from tests.temporal_fixtures import breach, desk, planned, server, worker, world

__all__ = ["breach", "desk", "planned", "server", "worker", "world"]
