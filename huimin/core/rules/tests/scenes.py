"""How each action of rules is called validly: see tests/conformance/test_killed.py."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from huimin.core.access.api import system
from huimin.core.rules import actions
from huimin.core.rules.models import PopulationRun, RuleDraft, RuleSimulation
from huimin.core.rules.versions import actions as versions
from huimin.core.rules.versions.force import in_force, rule_on
from huimin.kit import clock

RULE = "poverty.monitoring"


def run_population(world: Any) -> Any:
    PopulationRun.objects.filter(closed=None).update(state="done", closed=clock.now())
    return world.system, {"service": "poverty"}


def opened(world: Any) -> UUID:
    """A run that waits."""
    actor, given = run_population(world)
    return UUID(actions.run_population(actor, **given)["run"])


def stop_population(world: Any) -> Any:
    return world.system, {"run": opened(world)}


def decide_population(world: Any) -> Any:
    home = world.household()
    row = (uuid4(), str(home), world.village, '"marginal"', None, "[]", "[]", "[]")
    return world.system, {
        "run": opened(world), "rule": RULE, "version": rule_on(RULE).model.hash, "generation": 1, "day": clock.today(),
        "county": world.county[:6], "read": clock.now(), "rows": actions.Rows([row]),  # type: ignore[arg-type]
    }  # fmt: skip


# Drafts and versions


def other(text: str, number: int) -> str:
    """A text of the rule that says something else in one place."""
    return text.replace("</description>", f"（第{number}次修改）</description>", 1)


def start_draft(world: Any) -> Any:
    return world.system, {"rule": RULE, "note": "提高2025年度范围线"}


def drafted(world: Any) -> RuleDraft:
    """A draft that differs from what is in force."""
    text = other(rule_on(RULE).text, world.number())
    made = versions.start_draft(world.system, rule=RULE, text=text)
    return RuleDraft.objects.get(id=made["draft"])


def ready(world: Any, day: date) -> RuleDraft:
    """A draft that was simulated beside what it replaces on a day."""
    row = drafted(world)
    replaced = in_force(RULE, day)
    RuleSimulation.objects.create(
        draft=row, rule=RULE, seal=row.seal, hash="0" * 64, against_number=replaced.number, against=replaced.hash,
        area=world.province, day=clock.today(), state="done", actor="test", actor_label="test", opened=clock.now(),
    )  # fmt: skip
    return row


def later(world: Any) -> date:
    """A day after those of all versions that other scenes published."""
    return clock.today() + timedelta(days=30 + world.number())


def proposed(world: Any) -> RuleDraft:
    """A draft that was proposed."""
    actor, given = propose(world)
    versions.propose(actor, **given)
    return RuleDraft.objects.get(id=given["draft"])


def save_draft(world: Any) -> Any:
    row = drafted(world)
    return world.system, {"draft": row.id, "revision": row.revision, "text": other(row.text, world.number())}


def drop_draft(world: Any) -> Any:
    return world.system, {"draft": drafted(world).id}


def simulate(world: Any) -> Any:
    return world.system, {"draft": drafted(world).id}


def stop_simulation(world: Any) -> Any:
    actor, given = simulate(world)
    return actor, {"simulation": UUID(versions.simulate(actor, **given)["simulation"])}


def propose(world: Any) -> Any:
    day = later(world)
    row = ready(world, day)
    basis = "甘农发〔2026〕18号"
    return world.system, {"draft": row.id, "revision": row.revision, "basis": basis, "valid_from": day}


def recall(world: Any) -> Any:
    return world.system, {"draft": proposed(world).id}


def turn_down(world: Any) -> Any:
    return system("second"), {"draft": proposed(world).id, "reason": "请补充2026年度"}


def publish(world: Any) -> Any:
    row = proposed(world)
    return system("second"), {"draft": row.id, "seal": row.signed}


def withdraw(world: Any) -> Any:
    actor, given = publish(world)
    made = versions.publish(actor, **given)
    return actor, {"rule": RULE, "number": made["version"], "reason": "文件推迟施行"}
