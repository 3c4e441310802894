"""Settings for tests: the real ones on a cluster of their own, quick passwords, plain static files."""

import os

os.environ.setdefault("HUIMIN_VAR", "var/test")
os.environ.setdefault("HUIMIN_TLS", "0")
os.environ.setdefault("ALLOWED_HOSTS", "*")

from huimin.config.settings import *  # noqa: F403
from huimin.config.settings import STORAGES as _STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **_STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
