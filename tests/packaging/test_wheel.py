"""The wheel, built and installed in an environment of its own, works without the checkout."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

import huimin

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]
# Settings of the tests that would reach into the installed one.
OURS = (
    "HUIMIN_",
    "DJANGO_",
    "DATABASE_URL",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "DEBUG",
    "SECRET_KEY",
    "UV_PROJECT",
)


def uv() -> str:
    """uv as the Makefile finds it."""
    found = shutil.which("uv") or shutil.which(str(ROOT / ".tools" / "bin" / "uv"))
    if not found:
        pytest.skip("no uv here: `make test` fetches it")
    return found


def clean() -> dict[str, str]:
    """This environment without what is set for the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def call(*command: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd, env={**clean(), **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built with the tools of the lock file."""
    out = tmp_path_factory.mktemp("dist")
    done = call(
        uv(), "build", "--quiet", "--wheel", "--build-constraints", "requirements/build.lock", "--python", sys.executable,
        "--out-dir", out, ".", cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return next(out.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Run a command of the installed wheel, in an empty folder with data of its own.

    Dependencies are taken from the environment of the tests, which the lock file made; Huimin is not, because a
    path that a .pth file adds is not searched for further .pth files, and so not for the editable install.
    """
    home = tmp_path_factory.mktemp("installed")
    made = call(uv(), "venv", "--quiet", "--python", sys.executable, home / "venv", cwd=home)
    assert made.returncode == 0, made.stderr
    python = home / "venv" / "bin" / "python"
    done = call(uv(), "pip", "install", "--quiet", "--no-deps", "--python", python, wheel, cwd=home)
    assert done.returncode == 0, done.stderr
    site = next((home / "venv" / "lib").glob("python3*")) / "site-packages"
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    empty = home / "elsewhere"
    empty.mkdir()
    settings = {
        "HUIMIN_VAR": str(home / "var"),
        "HUIMIN_LANG": "en",
        "HUIMIN_TLS": "0",
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return call(home / "venv" / "bin" / words[0], *words[1:], cwd=empty, **settings)

    yield run
    for folder in outside(home / "var" / "postgres"):
        shutil.rmtree(folder, ignore_errors=True)


def outside(cluster: Path) -> tuple[Path, ...]:
    """What the embedded server keeps outside of its folder: the socket, and the data where root started it."""
    mark = hashlib.sha256(str(cluster.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"huimin-{os.geteuid()}-{mark}", Path("/var/tmp") / f"huimin-{mark}"


def test_the_wheel_holds_everything_that_is_needed_and_no_tests(wheel):
    names = set(ZipFile(wheel).namelist())
    wanted = {
        "huimin/core/places/data/gansu.csv.gz",
        "huimin/services/poverty/rules/monitoring.dmn",
        "huimin/services/poverty/rules/monitoring.cases.yaml",
        "huimin/ui/static/vendor/tabler/tabler.min.css",
        "huimin/ui/static/vendor/htmx/htmx.min.js",
        "huimin/ui/templates/ui/desk.html",
        "huimin/ui/fonts/NotoSansSC_400Regular.ttf",
        "huimin/ui/fonts/NotoSerifTibetan_400Regular.ttf",
        "huimin/services/poverty/migrations/0001_initial.py",
    }
    assert wanted - names == set()
    assert [
        name for name in names if "/tests/" in name or name.split("/")[-1].startswith(("test_", "conftest"))
    ] == []
    assert [
        name for name in names if not name.startswith(("huimin/", f"huimin-{huimin.__version__}.dist-info/"))
    ] == []
    assert f"huimin-{huimin.__version__}.dist-info/licenses/LICENSE" in names


def test_every_file_of_the_package_that_is_not_a_test_is_in_the_wheel(wheel):
    """Translations, printed sheets' templates, static files: whatever is added later."""
    names = set(ZipFile(wheel).namelist())
    missing = []
    for path in sorted((ROOT / "huimin").rglob("*")):
        inside = path.relative_to(ROOT)
        if path.is_dir() or {"tests", "__pycache__"} & set(inside.parts) or path.suffix in (".pyc", ".swp"):
            continue
        if str(inside) not in names:
            missing.append(str(inside))
    assert missing == []


def test_the_installed_command_is_the_wheels(installed):
    assert installed("huimin", "--version").stdout.strip() == huimin.__version__
    where = installed("python", "-c", "import huimin; print(huimin.__file__)").stdout
    assert "/installed" in where
    assert str(ROOT) not in where


def test_rules_are_checked_outside_of_the_checkout(installed):
    done = installed("huimin", "rules", "check", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["ok"]
    assert any(name.endswith("monitoring.dmn") for name in found["files"])
    assert installed("huimin", "rules", "test").returncode == 0


def test_a_rule_is_run_over_a_csv_file_without_a_database_and_without_django(installed, tmp_path):
    """In the installed wheel, with Django and the drivers of databases made impossible to import."""
    people = tmp_path / "people.csv"
    people.write_text(
        "household,income_per_head,monitoring_line,income_year,members,lifted,sudden_hardship,sudden_loss,"
        "food_secure,clothing_secure,schooling_secure,medical_secure,housing_secure,water_secure\n"
        "1,5000,8200,2025,3,true,false,0,1,1,1,1,1,1\n2,19000.50,8200,2025,2,false,false,0,1,1,1,1,1,1\n"
        "3,much,8200,2025,2,false,false,0,1,1,1,1,1,1\n",
        encoding="utf-8",
    )
    done = installed("python", "-c", "import huimin.services.poverty as p; print(p.__path__[0])")
    rule = Path(done.stdout.strip()) / "rules" / "monitoring.dmn"
    refused = "\n".join(
        f"sys.modules[{name!r}] = None"
        for name in ("django", "psycopg", "procrastinate", "adbc_driver_postgresql")
    )
    code = f"import sys\n{refused}\nfrom huimin.cli.main import main\nsys.argv[1:] = WORDS\nmain()"
    for engine in ("duckdb", "python"):
        out = tmp_path / f"{engine}.csv"
        words = [
            "rules",
            "run",
            str(rule),
            "--input",
            str(people),
            "--output",
            str(out),
            "--engine",
            engine,
            "--json",
        ]
        done = installed("python", "-c", code.replace("WORDS", repr(words)))
        assert done.returncode == 1, done.stderr[-2000:]  # one row is kept aside
        assert json.loads(done.stdout)["misfits"] == {"income_per_head": 1}
        assert out.read_text(encoding="utf-8") == (tmp_path / "duckdb.csv").read_text(encoding="utf-8")
    assert (tmp_path / "duckdb.csv").read_text(encoding="utf-8").count("\n") == 3


@pytest.mark.timeout(600)
def test_the_installed_platform_makes_a_database_and_the_doctor_finds_nothing_missing(installed):
    assert installed("huimin", "migrate").returncode == 0
    done = installed("huimin", "import", "divisions", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 1 + 14 + 88 + 1403 + 17718
    done = installed("huimin", "doctor", "--json")
    found = {one["name"]: one["state"] for one in json.loads(done.stdout)["findings"]}
    assert done.returncode == 0, found
    assert {name: found[name] for name in ("database", "migrations", "divisions", "fonts", "secrets")} == {
        "database": "ok", "migrations": "ok", "divisions": "ok", "fonts": "ok", "secrets": "ok",
    }  # fmt: skip


def test_static_files_are_gathered_from_the_wheel(installed):
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'huimin.config.settings'\n"
        "import django; django.setup()\n"
        "from huimin.cli.serve import collect_static; collect_static()\n"
        "from django.templatetags.static import static; print(static('vendor/tabler/tabler.min.css'))\n"
    )
    done = installed("python", "-c", code)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "tabler.min." in done.stdout
