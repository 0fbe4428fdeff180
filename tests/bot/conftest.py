"""What the tests of the page without network share: its package, made once."""

from __future__ import annotations

import pytest

from tests.bot.offline_site import Kitchen


@pytest.fixture(scope="session")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    return Kitchen(tmp_path_factory.mktemp("packages"))
