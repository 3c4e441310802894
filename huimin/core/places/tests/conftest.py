"""The divisions of Gansu, and of one county where a test needs no more."""

import pytest

from huimin.core.places import api


@pytest.fixture
def gansu(db):
    """The divisions of Gansu in the test's transaction."""
    api.import_package()


@pytest.fixture
def yuzhong(db):
    """榆中县 with its townships and villages, and the divisions above it."""
    api.import_package(within="620123000000")
