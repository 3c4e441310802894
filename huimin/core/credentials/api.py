"""The door of credentials: certificates of decisions, the trees of closed days, and the keys that sign both."""

from huimin.core.credentials.actions import close_day, close_due, renew_key
from huimin.core.credentials.issuing import code_keys, code_signer
from huimin.core.credentials.keys import key_list
from huimin.core.credentials.queries import (
    certificate,
    day_root,
    days,
    fingerprint,
    inclusion,
    inclusion_of,
    verify_chain,
    verify_day,
)

__all__ = [
    "certificate",
    "close_day",
    "close_due",
    "code_keys",
    "code_signer",
    "day_root",
    "days",
    "fingerprint",
    "inclusion",
    "inclusion_of",
    "key_list",
    "renew_key",
    "verify_chain",
    "verify_day",
]
