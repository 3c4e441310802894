"""Codes signed by the platform's own key, the one that signs decisions: see codes/ for the codes themselves."""

from __future__ import annotations

from functools import lru_cache

from huimin.core.credentials import codes, keys
from huimin.core.credentials.actions import signer
from huimin.core.credentials.models import SigningKey


def code_signer() -> codes.LocalSigner:
    """What signs codes now: the key in use, asked for by name each time, opened once. The first is made when it is needed."""
    kid = SigningKey.objects.filter(until__isnull=True).values_list("kid", flat=True).first()
    return opened(kid or signer().kid)


@lru_cache(maxsize=4)
def opened(kid: str) -> codes.LocalSigner:
    """A key in memory, by its name."""
    key = keys.private_key(SigningKey.objects.get(kid=kid))
    return codes.LocalSigner(codes.kid_of(key.public_key()), key)


def code_keys() -> codes.TrustList:
    """Every key that ever signed here, as verifiers trust them."""
    return codes.TrustList(codes.of_jwk(each) for each in keys.key_list()["keys"])
