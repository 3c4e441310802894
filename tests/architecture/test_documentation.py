"""What is written about the house is true of the house."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import huimin

ROOT = Path(__file__).parents[2]
TOP = ("README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
PAGES = [
    *(ROOT / name for name in TOP),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "benchmarks" / "README.md",
]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FOLDERS = ("huimin/", "docs/", "tests/", "tools/", "benchmarks/", "requirements/", ".ci/")
IMAGES = ROOT / "docs" / "tour" / "images"
# The service that docs/howto/add-a-service.md adds; tests/architecture/test_howto.py follows it.
MADE_BY_THE_HOWTO = "huimin/services/heating"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_of(path: Path) -> Iterator[str]:
    """The code of a page: lines of its shell blocks, continued lines joined, and its spans."""
    text = text_of(path)
    for kind, block in FENCE.findall(text):
        if kind in ("", "sh", "console"):
            yield from (line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip())
    yield from SPAN.findall(FENCE.sub("", text))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_reference_is_what_the_code_says():
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {
        (name_of(page), target)
        for page in PAGES
        for code in code_of(page)
        for target in re.findall(r"\bmake ([a-z]+)\b", code)
    }
    assert {"demo", "test", "check"} <= {target for _page, target in named}
    assert sorted((page, target) for page, target in named if target not in targets) == []


@cache
def commands() -> dict[str, set[str]]:
    """Every command of huimin with its options."""
    import typer

    from huimin.cli.main import app

    found: dict[str, set[str]] = {}

    def walk(command: Any, path: str) -> None:
        options = {opt for one in command.params for opt in [*one.opts, *one.secondary_opts]}
        found[path] = options | {"--help", "-h"}
        for name, below in getattr(command, "commands", {}).items():
            walk(below, f"{path} {name}".strip())

    walk(typer.main.get_command(app), "")
    return found


def uses(code: str) -> Iterator[list[str]]:
    """The words after `huimin` where it is called as a command."""
    for call in re.split(r"&&|\||>|\$\(|\)\"", code.split(" #", maxsplit=1)[0].replace("`", "")):
        match = re.match(r"\s*(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?huimin (.*)", call)
        if match:
            yield shlex.split(match[1].replace("…", "").replace('"', ""))


def wrong_in(words: list[str]) -> str:
    """What is wrong with a use of the command, or nothing."""
    path = ""
    while words and f"{path} {words[0]}".strip() in commands():
        path = f"{path} {words.pop(0)}".strip()
    if not path and words and not words[0].startswith("-"):
        return f"no command {words[0]}"
    if words and "|" in words[0]:
        return ""
    unknown = [w for w in words if re.match(r"--?[a-z]", w) and w.split("=")[0] not in commands()[path]]
    return f"huimin {path} has no {unknown}" if unknown else ""


def test_every_huimin_command_that_is_named_exists_with_its_options():
    found = [
        (name_of(page), code, wrong)
        for page in PAGES
        for code in code_of(page)
        for words in uses(code)
        if (wrong := wrong_in(words))
    ]
    assert found == []


def test_the_check_of_commands_finds_what_is_wrong():
    assert [wrong_in(words) for words in uses("huimin journal verify --json")] == [""]
    assert [wrong_in(words) for words in uses(".venv/bin/huimin jurnal verify")] == ["no command jurnal"]
    assert [wrong_in(words) for words in uses("huimin doctor --now")] == ["huimin doctor has no ['--now']"]


def is_there(word: str) -> bool:
    """Whether a path named in a page exists; a pattern must match something."""
    word = word.rstrip("/")
    if any(mark in word for mark in "<…"):
        return True
    bases = (ROOT, ROOT / "huimin")  # `core/journal/action.py` is said of the house
    return any((base / word).exists() or ("*" in word and any(base.glob(word))) for base in bases)


def test_every_path_that_is_named_exists():
    found = []
    for page in PAGES:
        for code in SPAN.findall(FENCE.sub("", text_of(page))):
            word = code.split(" ")[0]
            if not word.startswith((*FOLDERS, "core/")) or word.startswith(MADE_BY_THE_HOWTO):
                continue
            if not is_there(word):
                found.append((name_of(page), word))
    assert found == []


def test_every_link_between_the_pages_leads_somewhere():
    found = []
    for page in PAGES:
        for target in LINK.findall(FENCE.sub("", text_of(page))):
            if re.match(r"[a-z]+:", target):
                continue
            there = (page.parent / target.split("#")[0]).resolve()
            if there.parent == IMAGES and not IMAGES.exists():
                continue  # the pictures are taken of the finished pages
            if not there.exists():
                found.append((name_of(page), target))
    assert found == []


def test_every_environment_variable_that_is_named_is_read_by_the_code():
    known = set(re.findall(r"^\| `([A-Z_]+)`", text_of(ROOT / "docs/reference/settings.md"), re.MULTILINE))
    assert "HUIMIN_VAR" in known
    named = {
        (name_of(page), variable)
        for page in PAGES
        for variable in re.findall(r"\bHUIMIN_[A-Z_]+\b", text_of(page))
    }
    assert sorted(one for one in named if one[1] not in known) == []


def test_the_architecture_page_has_every_core_part_every_folder_and_fits_one_page():
    text = text_of(ROOT / "ARCHITECTURE.md")
    parts = {path.parent.name for path in (ROOT / "huimin/core").glob("*/apps.py")}
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == parts
    tree = text[text.index("## The house") : text.index("## The core")]
    folders = {p.name for p in (ROOT / "huimin").iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert {name for name in folders if f"\n  {name}/" not in tree} == set()
    for service in (ROOT / "huimin/services").glob("*/apps.py"):
        assert service.parent.name in tree
    assert text.count("\n") < 130


def test_both_readmes_have_the_two_commands_and_the_picture():
    for name in ("README.md", "README.zh-CN.md"):
        text = text_of(ROOT / name)
        assert "make demo" in text
        assert "make test" in text
        assert "docs/tour/images/dossier.png" in text
        assert huimin.__version__ in text


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_example_of_the_readme_answers_as_it_says(name):
    code = next(c for c in code_of(ROOT / name) if "rules explain" in c)
    words = shlex.split(code)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "huimin.cli.main", *words],
        cwd=ROOT, env={**os.environ, "HUIMIN_LANG": "en"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert 'monitoring = "marginal"' in done.stderr
    assert "row 3" in done.stderr


def test_the_changelog_and_the_package_have_the_version():
    assert f"## [{huimin.__version__}] - " in text_of(ROOT / "CHANGELOG.md")
    assert f'version = "{huimin.__version__}"' in text_of(ROOT / "pyproject.toml")


def test_publiccode_yml_holds_to_its_standard():
    """The mandatory keys of publiccode.yml 0.4, their values and lengths."""
    found = yaml.safe_load(text_of(ROOT / "publiccode.yml"))
    assert found["publiccodeYmlVersion"] == "0.4"
    assert found["name"] == "Huimin"
    assert found["url"].startswith("https://")
    assert found["platforms"]
    assert found["categories"]
    assert found["developmentStatus"] in ("concept", "development", "beta", "stable", "obsolete")
    assert found["softwareType"] == "standalone/web"
    assert date.fromisoformat(found["releaseDate"])
    assert found["legal"]["license"] == "Apache-2.0"
    assert found["maintenance"]["type"] in ("internal", "contract", "community", "none")
    if found["maintenance"]["type"] in ("internal", "community"):
        assert found["maintenance"]["contacts"][0]["name"]
    assert found["localisation"]["localisationReady"] is True
    assert "zh-Hans" in found["localisation"]["availableLanguages"]
    for words in found["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert words["features"]


def test_decisions_are_numbered_without_gaps_and_listed():
    folder = ROOT / "docs" / "decisions"
    files = sorted(path.name for path in folder.glob("0*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", text_of(folder / "README.md")) == files
    for number, name in enumerate(files, 1):
        text = text_of(folder / name)
        assert text.startswith(f"# {number}. ")
        for heading in ("## The question", "## The decision", "## What was rejected", "## What follows"):
            assert heading in text, f"{name}: {heading}"


@pytest.mark.django_db
def test_the_first_administrator_of_the_howto_can_sign_in_and_keeps_accounts(client):
    """The command of docs/howto/run-on-your-own-postgresql.md, run as it stands with the password given."""
    from typer.testing import CliRunner

    from huimin.cli.main import app
    from huimin.core.access import api as access
    from huimin.core.places import api as places

    places.import_package(within="620123000000")
    page = ROOT / "docs" / "howto" / "run-on-your-own-postgresql.md"
    command = next(line for line in code_of(page) if line.startswith("huimin account admin"))
    words = [*shlex.split(command)[1:], "--password-stdin"]
    done = CliRunner().invoke(app, words, input="change me at once\n")
    assert done.exit_code == 0, done.output
    account = access.account_of("admin")
    assert account.check_password("change me at once")
    viewer = access.viewer_of(account)
    assert viewer.admin
    assert viewer.may("access.appoint")
    assert viewer.spans() == ()
    client.force_login(account)
    assert client.get("/system/").status_code in (200, 302)
