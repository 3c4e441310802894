"""Signed codes, checked by anybody without network and database: `HC1:` (EU certificate) and `HM1:` (display token).

No Django. Start at certificate.py and token.py; conformance.py runs the public test data.
"""

from . import certificate, token
from .certificate import CodeError
from .checks import Check, Report
from .cose import ES256, PS256, LocalSigner, Signer
from .revocation import Revoked, fingerprint
from .token import Shown
from .trust import TrustedKey, TrustError, TrustList, kid_of, local_signer, of_certificate, of_jwk, trusted
from .verifying import verify

__all__ = [
    "ES256",
    "PS256",
    "Check",
    "CodeError",
    "LocalSigner",
    "Report",
    "Revoked",
    "Shown",
    "Signer",
    "TrustError",
    "TrustList",
    "TrustedKey",
    "certificate",
    "fingerprint",
    "kid_of",
    "local_signer",
    "of_certificate",
    "of_jwk",
    "token",
    "trusted",
    "verify",
]
