"""The homeserver is started once for all tests of this folder: each makes accounts and rooms of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.matrix.homeserver import Homeserver, homeserver


@pytest.fixture(scope="session")
def matrix_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    with homeserver(tmp_path_factory.mktemp("homeserver")) as server:
        yield server
