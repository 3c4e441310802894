"""The door of programmes: declare them, act in them, read them.

The functions that take an `Act` are meant to be made actions of a service: `check = action("poverty.check")(check)`.
"""

from huimin.core.programmes.actions.checking import check, each
from huimin.core.programmes.actions.enrolments import (
    add_measure,
    assign,
    finish_measure,
    lock_enrolment,
    resume,
    suspend,
    visit,
)
from huimin.core.programmes.actions.meetings import (
    cancel_meeting,
    close_meeting,
    open_meeting,
    record_votes,
    write_minutes,
)
from huimin.core.programmes.actions.notices import close_notice, object_to, post_notice, settle_objection
from huimin.core.programmes.actions.photos import attach
from huimin.core.programmes.actions.surveying import conclude_survey
from huimin.core.programmes.actions.way import level_name, lock, open_procedure, withdraw
from huimin.core.programmes.catalogue import PROGRAMMES, register_programme

__all__ = [
    "PROGRAMMES",
    "add_measure",
    "assign",
    "attach",
    "cancel_meeting",
    "check",
    "close_meeting",
    "close_notice",
    "conclude_survey",
    "each",
    "finish_measure",
    "level_name",
    "lock",
    "lock_enrolment",
    "object_to",
    "open_meeting",
    "open_procedure",
    "post_notice",
    "record_votes",
    "register_programme",
    "resume",
    "settle_objection",
    "suspend",
    "visit",
    "withdraw",
    "write_minutes",
]
