"""A real cluster (``make cluster``): every test of this folder is left out where one can't be made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.desk import desk_elsewhere, namespaces_made
from tests.cluster.nodes import Cluster, cluster
from tests.cluster.programmes import what_is_missing
from tests.starter.conftest import Desk

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    missing = what_is_missing()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.cluster)
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster that lets everybody in."""
    with cluster(tmp_path_factory.mktemp("cluster")) as running:
        namespaces_made(running)
        yield running


@pytest.fixture(scope="module")
def desk(nodes: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on it."""
    with desk_elsewhere(tmp_path_factory.mktemp("desk"), TEMPORAL_ADDRESS=nodes.address) as running:
        yield running
