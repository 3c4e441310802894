"""An importing process is killed in the middle; the next one goes on, with the same people in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection

from huimin.core.access.api import acting_as
from huimin.core.intake import api as intake
from huimin.core.journal.models import Entry
from huimin.core.people import idnumber
from huimin.core.people.models import Membership, Person
from huimin.core.people.types import Sex
from huimin.core.places import api as places

pytestmark = pytest.mark.django_db(transaction=True)
VILLAGE, PEOPLE, CHUNK = "620123101201", 600, 100
CHILD = """
import os, sys, time
import django; django.setup()
from django.conf import settings
from django.db import connection
settings.MEDIA_ROOT, settings.DEMO = sys.argv[2], True
connection.settings_dict["NAME"] = sys.argv[3]
from huimin.core.access.api import acting_as, system
from huimin.core.intake import api as intake
viewer = system("test")
def listen(stage, done, total):
    print(stage, done, flush=True)
    time.sleep(0.3)
with acting_as(viewer):
    intake.work_off(sys.argv[1], viewer, listen)
"""


def killed(run: UUID) -> None:
    """Carry the run in a process of its own, and kill that when it has told of the second chunk."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(run), str(settings.MEDIA_ROOT), connection.settings_dict["NAME"]],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "huimin.config.testing"},
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith("import") and int(line.split()[1]) >= 2 * CHUNK:
            break
    child.send_signal(signal.SIGKILL)
    child.wait()


@pytest.mark.parametrize("mode", ["rows", "whole"])
def test_killed_in_the_middle_and_run_again_everybody_is_in_once(
    mode: str, system: Any, tmp_path: Path, settings: Any, monkeypatch: Any
):
    settings.MEDIA_ROOT, settings.DEMO = tmp_path, True
    monkeypatch.setattr("huimin.core.people.imports.comparing.CHUNK", CHUNK)
    places.import_package(within="620123000000")
    numbers = [idnumber.make(date(1980, 5, 1), Sex.MALE, n % 500, area=n // 500) for n in range(PEOPLE)]
    rows = [
        f"王建国,{n},{VILLAGE},{VILLAGE}{at // 2 + 1:05d},{'户主' if at % 2 == 0 else '子'}"
        for at, n in enumerate(numbers)
    ]
    text = "姓名,身份证号,村代码,户编号,与户主关系\n" + "\n".join(rows)
    with acting_as(system):
        run = intake.receive(
            system, key=str(uuid4()), target="people", name="a.csv", source="公安局", parts=[text.encode()]
        )
        view = intake.run(system, run)
        assert view is not None
        intake.arrange(system, run=run, mapping=dict(view.mapping), mode=mode, defer=False)
        intake.work_off(run, system)
        intake.start(system, run=run, defer=False)
        killed(run)
        there = Person.objects.count()
        assert (there == 0) if mode == "whole" else (0 < there < PEOPLE)
        assert intake.work_off(run, system) == "done"
        view = intake.run(system, run)
        assert view is not None
        assert (view.done, view.bad, view.unchanged) == (PEOPLE, 0, 0)
        assert (Person.objects.count(), Membership.objects.count()) == (PEOPLE, PEOPLE)
    chunks = (PEOPLE + 1) // CHUNK + 1  # by the number of the row, and the first row has the headings
    entries = Entry.objects.filter(action="people.import_people").count()
    assert entries == (1 if mode == "whole" else chunks)
