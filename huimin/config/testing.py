"""Settings for tests: the real ones on a cluster of their own, quick passwords, plain static files."""

import os

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # each worker has a cluster of its own, that it may kill
os.environ["HUIMIN_VAR"] = os.environ.get("HUIMIN_VAR", "var/test").removesuffix(_worker) + _worker
os.environ.setdefault("HUIMIN_TLS", "0")
os.environ.setdefault("ALLOWED_HOSTS", "*")

from huimin.config.postgres.cluster import Cluster  # noqa: E402

Cluster.more = {"fsync": "off", "full_page_writes": "off"}  # a killed server loses nothing, a power cut might

from huimin.config.settings import *  # noqa: E402, F403
from huimin.config.settings import STORAGES as _STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **_STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
