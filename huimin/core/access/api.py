"""The door of access: who is looking, what they may see and do."""

from huimin.core.access.actions import (
    appoint,
    close_account,
    end_grant,
    end_post,
    grant,
    merge_villages,
    open_account,
    open_admin,
    open_office,
    open_post,
    rename_division,
    set_password,
    split_village,
    unmask,
)
from huimin.core.access.authority import grantable, staffs
from huimin.core.access.demo import load_accounts
from huimin.core.access.looks import PURPOSES, looks_at, looks_at_any, looks_within, record_look
from huimin.core.access.narrowing import narrow
from huimin.core.access.posts import Post, offices_at, post_of, posts_of_staff, posts_within
from huimin.core.access.queries import (
    OfficeCard,
    account_of,
    demo_accounts,
    office_of,
    officer_card,
    officers_in,
)
from huimin.core.access.scope import AreaManager, NoViewer, acting_as, become, beyond, current, system
from huimin.core.access.types import PUBLIC, Kind, Purpose, Role, Viewer, within
from huimin.core.access.viewers import ROLES, own_things, register_roles, viewer_of, viewer_of_id

__all__ = [
    "PUBLIC",
    "PURPOSES",
    "ROLES",
    "AreaManager",
    "Kind",
    "NoViewer",
    "OfficeCard",
    "Post",
    "Purpose",
    "Role",
    "Viewer",
    "account_of",
    "acting_as",
    "appoint",
    "become",
    "beyond",
    "close_account",
    "current",
    "demo_accounts",
    "end_grant",
    "end_post",
    "grant",
    "grantable",
    "load_accounts",
    "looks_at",
    "looks_at_any",
    "looks_within",
    "merge_villages",
    "narrow",
    "office_of",
    "officer_card",
    "officers_in",
    "offices_at",
    "open_account",
    "open_admin",
    "open_office",
    "open_post",
    "own_things",
    "post_of",
    "posts_of_staff",
    "posts_within",
    "record_look",
    "register_roles",
    "rename_division",
    "set_password",
    "split_village",
    "staffs",
    "system",
    "unmask",
    "viewer_of",
    "viewer_of_id",
    "within",
]
