"""Signed files about decisions, checked by anybody: canonical JSON, ES256, Merkle trees. No Django. Start at certificate.py."""

from .canonical import NotCanonicalError, canonical, parse
from .certificate import Check, Report, check, leaf_of, member, statement_hash
from .merkle import leaf_hash, node_hash, path, root, root_by_path
from .signing import SignatureError, jwk_of, kid_of, sign, thumbprint, verify

__all__ = [
    "Check",
    "NotCanonicalError",
    "Report",
    "SignatureError",
    "canonical",
    "check",
    "jwk_of",
    "kid_of",
    "leaf_hash",
    "leaf_of",
    "member",
    "node_hash",
    "parse",
    "path",
    "root",
    "root_by_path",
    "sign",
    "statement_hash",
    "thumbprint",
    "verify",
]
