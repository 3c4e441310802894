"""The survey is done: the rule has decided, and the way goes on or ends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.journal.api import Act
from huimin.core.programmes.actions.way import close, forward, lock, must_stand_at
from huimin.core.programmes.actions.writing import record
from huimin.core.programmes.types import Direction, StepKind
from huimin.core.rules.api import decide
from huimin.kit.ref import Ref


def conclude_survey(act: Act, *, procedure: UUID) -> dict[str, Any]:
    """Let the rule decide on the surveyed facts; a way in ends where it decides `none`, a way out where it decides false."""
    programme, row = lock(act, procedure)
    must_stand_at(programme, row, StepKind.SURVEY, needs=act.name)
    entering = row.direction == Direction.ENTRY
    rule = programme.rule if entering else programme.exit_rule
    decision = decide(act, rule, Ref.of("household", row.household_id), area=row.division_code)
    kind = decision.outcome if isinstance(decision.outcome, str) else ""
    passed = kind in programme.kinds if entering else decision.outcome is True
    row.decision_id = decision.id
    if not passed:
        reason = _("按现有情况，规则未认定为帮扶对象。") if entering else _("按现有情况，风险尚未消除。")
        record(act, row, "refused", reason=reason, decision=decision.id)
        close(act, row, "refused", reason)
        return {"decision": decision.id, "passed": False, "outcome": decision.outcome}
    if row.resume and entering and kind != row.kind:
        row.resume = ""  # another outcome: it must be reviewed again from the start
    if entering:
        row.kind = kind
    record(act, row, "done", decision=decision.id, decided=decision.outcome)
    forward(act, programme, row)
    return {"decision": decision.id, "passed": True, "outcome": decision.outcome}
