"""Every service in config/services.py keeps the promises of the house. A new service is covered without being named."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from django.apps import apps
from django.urls import reverse

from huimin.core.facts.api import FACTS, values
from huimin.core.journal.api import ACTIONS, EFFECTS
from huimin.core.rules import lang
from huimin.core.rules.api import BOOK
from huimin.kit.area import Level
from huimin.kit.registry import services

LABELS = list(services)
pytestmark = pytest.mark.parametrize("label", LABELS)
FEEL = {"boolean": "boolean", "number": "number", "string": "string", "date": "date"}


def folder(label: str) -> Path:
    return Path(apps.get_app_config(label).path)


def granted(label: str) -> set[str]:
    service = services[label]
    return {*service.citizen, *service.anyone, *(name for role in service.roles for name in role.actions)}


def test_it_says_what_it_is_for_whom_and_under_which_law(label):
    service = services[label]
    assert all(
        str(text).strip() for text in (service.title, service.about, service.law, service.owner, service.icon)
    )
    readme = (folder(label) / "README.md").read_text(encoding="utf-8")
    assert str(service.law) in readme
    assert str(service.owner) in readme


def test_its_actions_are_its_own_and_all_of_them_are_in_the_manifest(label):
    named = {action.name for action in services[label].actions}
    assert all(name.startswith(f"{label}.") for name in named)
    assert {name for name in ACTIONS if name.startswith(f"{label}.")} == named


def test_every_action_has_a_title_and_somebody_who_may_do_it_or_is_the_platforms_own(label):
    own = {
        a.name
        for a in services[label].actions
        if a.name.rpartition(".")[2] in ("keep_message", "load_demo", "tell")
    }
    for action in services[label].actions:
        assert str(action.title) not in ("", "变更"), action.name
        assert action.name in granted(label) | own, f"{action.name}: no role may do it"


def test_its_roles_name_actions_that_exist(label):
    for role in services[label].roles:
        assert str(role.title)
        assert [name for name in role.actions if name not in ACTIONS] == [], role.code
        assert role.level in tuple(Level)


def test_its_effects_are_registered(label):
    assert all(EFFECTS[effect.name] is effect for effect in services[label].effects)


def test_its_programmes_can_be_walked_to_the_end_by_the_levels_they_name(label):
    service = services[label]
    for programme in service.programmes:
        assert programme.rule in BOOK
        assert programme.exit_rule in BOOK
        for way in (programme.entry, programme.exit):
            for step in way:
                holders = [role for role in service.roles if step.needs in role.actions]
                assert step.needs in ACTIONS
                assert any(role.level == step.level for role in holders), (
                    f"{step.code}: nobody at its level may do it"
                )
                assert not [role.code for role in holders if role.level > step.level], (
                    f"{step.code}: a lower level may do it"
                )


def test_its_rules_read_facts_of_the_catalogue_with_the_same_types(label):
    for name, file in BOOK.items():
        if file.service != label or file.over != "facts":
            continue
        for given in file.model.inputs:
            fact = FACTS[file.inputs[given.name]][1]
            assert FEEL[fact.type.value] == given.type, f"{name}: {given.name}"


def test_its_rules_are_sound_and_their_examples_pass(label):
    for name in (*services[label].rules, *services[label].assessments):
        path = folder(label) / "rules" / name
        model = lang.load(path)
        assert lang.check(model) == []
        cases = yaml.safe_load(path.with_suffix(".cases.yaml").read_text(encoding="utf-8"))
        assert len(cases) >= 3
        decided = set()
        for case in cases:
            given = {
                k: Decimal(str(v)) if isinstance(v, int | float) and not isinstance(v, bool) else v
                for k, v in case["given"].items()
            }
            found = lang.evaluate(model, path.stem, given, now=datetime.now(UTC), today=date.today())
            assert found.outcome == case["expect"], case["case"]
            decided |= {m.row for m in found.matched if m.decision == path.stem}
        table = model.decision(path.stem).logic
        assert decided == {row.number for row in table.rows}, f"{name}: a row without an example"
        assert all(any(row.annotations.values()) for row in table.rows), f"{name}: a row without its article"


@pytest.mark.django_db
def test_its_facts_can_be_asked_of_a_subject_nobody_knows(label):
    names = [name for name in FACTS if name.startswith(f"{label}.")]
    nobody = str(uuid4())
    found = values(names, [nobody], date(2026, 11, 22))[nobody]
    assert set(found) == set(names)
    assert all(fact.value is None and fact.title for fact in found.values())


def test_its_menus_lead_somewhere(label):
    service = services[label]
    for page in (*service.desk, *service.me, *service.open):
        assert reverse(page.url).startswith(("/desk/", "/me/", "/open/"))
        assert not page.needs or page.needs in ACTIONS


def test_its_pages_are_named_for_their_doors(label):
    urls = import_module(f"{apps.get_app_config(label).name}.urls")
    for door in ("desk", "me", "open"):
        for pattern in getattr(urls, door):
            assert re.match(rf"{door}(-|$)", pattern.name or ""), f"{pattern.pattern}: {pattern.name!r}"
