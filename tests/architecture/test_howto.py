"""docs/howto/add-a-service.md, followed word for word in a copy of the house."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOWTO = ROOT / "docs" / "howto" / "add-a-service.md"
BLOCK = re.compile(
    r"(?:^`(?P<file>[\w./-]+)`\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
SETTINGS = """\
from huimin.config.testing import *
DATABASES["default"]["TEST"] = {"NAME": "test_huimin_howto"}
"""
# What the platform read from the new manifest; the page's own test has shown that the page works.
FOUND = """\
import pytest
from django.urls import reverse

from huimin.core.access.api import ROLES
from huimin.core.facts.api import FACTS
from huimin.core.journal.api import ACTIONS
from huimin.core.rules.api import BOOK
from huimin.kit.registry import services
from huimin.portal.context import menu


def test_everything_the_manifest_says_is_registered():
    assert services["heating"].label == "heating"
    assert FACTS["heating.coal_stove"][1].source == "入户核查"
    assert BOOK["heating.subsidy"].inputs == {"coal_stove": "heating.coal_stove"}
    assert "heating.record_stove" in ACTIONS
    assert ROLES["heating.village"].actions == {"heating.record_stove"}
    assert reverse("heating:desk-stoves") == "/desk/heating/"


@pytest.mark.django_db
def test_only_those_with_a_role_have_it_in_their_menu(officer):
    for role, seen in (("heating.village", True), ("poverty.village", False)):
        viewer = officer("620123101201", role)
        with viewer.acting():
            shown = {item.url for item in menu("desk", viewer, "/desk/")}
        assert ("/desk/heating/" in shown) is seen
"""


def blocks() -> list[tuple[str, str, str]]:
    """The code blocks of the page in order: file name or "", language, text."""
    text = HOWTO.read_text(encoding="utf-8")
    return [(one["file"] or "", one["kind"], one["text"]) for one in BLOCK.finditer(text)]


def test_every_block_has_a_file_or_is_a_command():
    assert [text for file, kind, text in blocks() if not file and kind != "sh"] == []
    assert len(blocks()) > 10


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of what the page changes; the environment is the one in use."""
    without = shutil.ignore_patterns("__pycache__", "*.ttf")
    shutil.copytree(ROOT / "huimin", tmp_path / "huimin", ignore=without)
    shutil.copytree(ROOT / "tests" / "architecture", tmp_path / "tests" / "architecture", ignore=without)
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=without)
    (tmp_path / "docs").mkdir()
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "howto_settings.py").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.mark.timeout(600)
def test_the_page_followed_word_for_word_adds_a_working_service(house):
    env = {
        **os.environ,
        "PYTHONPATH": str(house),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HUIMIN_VAR": str(Path(os.environ.get("HUIMIN_VAR", "var/test")).resolve()),
        "DJANGO_SETTINGS_MODULE": "huimin.config.testing",
        "PYTEST_ADDOPTS": "--ds=howto_settings --create-db -p no:cacheprovider -p no:xdist",
    }

    def run(command: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-euc", command], cwd=house, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    said = []
    for file, _kind, text in blocks():
        if file:
            (house / file).write_text(text, encoding="utf-8")
        else:
            said.append(run(text))
    assert (house / "huimin/services/heating/migrations/0001_initial.py").exists()
    assert "3 passed" in said[-1]
    added = (house / "huimin/config/services.py").read_text(encoding="utf-8")
    before = (ROOT / "huimin/config/services.py").read_text(encoding="utf-8")
    assert len(added.splitlines()) == len(before.splitlines()) + 1
    (house / "huimin/services/heating/tests/test_found.py").write_text(FOUND, encoding="utf-8")
    run(
        ".venv/bin/pytest -q huimin/services/heating/tests/test_found.py "
        "tests/architecture/test_house.py tests/architecture/test_only_actions_write.py"
    )
    assert "清洁取暖" in (house / "docs/reference/services.md").read_text(encoding="utf-8")
