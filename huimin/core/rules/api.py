"""The door of rules: the book and its versions, deciding, reading decisions, and population runs."""

from huimin.core.rules.actions import decide, run_id, run_population, stop_population
from huimin.core.rules.bodies import bodies, evidence, salt_of
from huimin.core.rules.book import BOOK, register_rule
from huimin.core.rules.deciding import article_of, decided_again, decision, decisions_about, evaluate
from huimin.core.rules.loading import Question, decide_many
from huimin.core.rules.population import compare
from huimin.core.rules.queries import changes_within, open_run, run, runs
from huimin.core.rules.standing import Standing, analysis_of, compared, standings
from huimin.core.rules.versions.actions import (
    DRAFTING,
    PUBLISHING,
    drop_draft,
    keep_version,
    propose,
    publish,
    recall,
    save_draft,
    simulate,
    start_draft,
    stop_simulation,
    turn_down,
    withdraw,
)
from huimin.core.rules.versions.cases import read as read_cases
from huimin.core.rules.versions.cases import written as written_cases
from huimin.core.rules.versions.checking import analysed, check, seal_of
from huimin.core.rules.versions.force import in_force, rule_hashed, rule_on, rule_version
from huimin.core.rules.versions.queries import (
    book,
    draft,
    drafts,
    simulation,
    simulations,
    version,
    version_on,
    versions,
)
from huimin.core.rules.versions.simulating import changed as simulated_changes
from huimin.core.rules.versions.simulating import counted as simulated_counts
from huimin.core.rules.versions.simulating import work_simulation
from huimin.core.rules.versions.wording import finding_of, said
from huimin.core.rules.working import enqueue, enqueue_simulation, work

__all__ = [
    "BOOK",
    "DRAFTING",
    "PUBLISHING",
    "Question",
    "Standing",
    "analysed",
    "analysis_of",
    "article_of",
    "bodies",
    "book",
    "changes_within",
    "check",
    "compare",
    "compared",
    "decide",
    "decide_many",
    "decided_again",
    "decision",
    "decisions_about",
    "draft",
    "drafts",
    "drop_draft",
    "enqueue",
    "enqueue_simulation",
    "evaluate",
    "evidence",
    "finding_of",
    "in_force",
    "keep_version",
    "open_run",
    "propose",
    "publish",
    "read_cases",
    "recall",
    "register_rule",
    "rule_hashed",
    "rule_on",
    "rule_version",
    "run",
    "run_id",
    "run_population",
    "runs",
    "said",
    "salt_of",
    "save_draft",
    "seal_of",
    "simulate",
    "simulated_changes",
    "simulated_counts",
    "simulation",
    "simulations",
    "standings",
    "start_draft",
    "stop_population",
    "stop_simulation",
    "turn_down",
    "version",
    "version_on",
    "versions",
    "withdraw",
    "work",
    "work_simulation",
    "written_cases",
]
