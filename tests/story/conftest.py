"""The fixtures of tests that run a process on a real server."""

from tests.temporal_fixtures import desk, server, worker, world

__all__ = ["desk", "server", "worker", "world"]
