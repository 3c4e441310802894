"""Settings, from the environment with defaults that a single machine can run with."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from huimin.config.services import SERVICES

env = environ.Env()
PACKAGE = Path(__file__).resolve().parents[1]
VAR = Path(env.str("HUIMIN_VAR", "var")).resolve()
DEMO = env.bool("HUIMIN_DEMO", False)
DEBUG = env.bool("DEBUG", False)
SERVED_OVER_TLS = env.bool("HUIMIN_TLS", not (DEMO or DEBUG))


def kept_secret(name: str) -> str:
    """A secret from the environment, or one made once and kept in VAR with mode 0600."""
    given: str = env.str(name, "")
    if given:
        return given
    path = VAR / f"{name.lower()}.secret"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        VAR.mkdir(parents=True, exist_ok=True)
        made = secrets.token_urlsafe(48)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(made)
        except FileExistsError:
            return path.read_text().strip()
        return made


def snapshot_memory() -> int:
    """MiB that one reader of the population snapshot may use: a quarter of the machine, 512 at least, 6144 at most."""
    try:
        mib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError):
        mib = 2048
    return min(max(mib // 4, 512), 6144)


SECRET_KEY = kept_secret("SECRET_KEY")
FIELD_KEY = hashlib.sha256(("field:" + kept_secret("HUIMIN_FIELD_KEY")).encode()).digest()
LOOKUP_KEY = hashlib.sha256(("lookup:" + kept_secret("HUIMIN_FIELD_KEY")).encode()).digest()

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "huimin.core.places",
    "huimin.core.journal",
    "huimin.core.access",
    "huimin.core.exports",
    "huimin.core.intake",
    "huimin.core.people",
    "huimin.core.facts",
    "huimin.core.rules",
    "huimin.core.cases",
    "huimin.core.credentials",
    "huimin.core.programmes",
    "huimin.core.insight",
    "huimin.ui",
    "huimin.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    *SERVICES,
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "huimin.core.access.middleware.ViewerMiddleware",
    "huimin.portal.middleware.RefusalMiddleware",
    "huimin.portal.middleware.DoorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "huimin.config.urls"
WSGI_APPLICATION = "huimin.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huimin.portal.context.shell",
            ],
        },
    }
]

# The database: any PostgreSQL from 15 by DATABASE_URL, else one of our own in VAR.
if env.str("DATABASE_URL", ""):
    DATABASES = {"default": env.db("DATABASE_URL")}
    DATABASES["default"]["ENGINE"] = "huimin.config.postgres"
else:
    from huimin.config.postgres.cluster import Cluster

    _cluster = Cluster.at(VAR / "postgres")
    DATABASES = {
        "default": {
            "ENGINE": "huimin.config.postgres",
            "EMBEDDED": str(_cluster.asked),
            **_cluster.connection(),
        }
    }
if env.bool("HUIMIN_POOL", False):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 2, "max_size": 16, "timeout": 15}
# The population snapshot: where it lies, and what DuckDB may use while somebody reads it.
POPULATION = Path(env.str("HUIMIN_POPULATION", str(VAR / "population")))
POPULATION_MEMORY = env.str("HUIMIN_POPULATION_MEMORY", f"{snapshot_memory()}MiB")
# When everyone is decided anew, as cron in UTC (half past one at night, and each hour of the working day); empty: never.
POPULATION_NIGHTLY = env.str("HUIMIN_POPULATION_NIGHTLY", "30 17 * * *")
POPULATION_HOURLY = env.str("HUIMIN_POPULATION_HOURLY", "10 0-12 * * *")
# When it is looked whether a new version of a rule came into force today.
POPULATION_VERSIONS = env.str("HUIMIN_POPULATION_VERSIONS", "2 * * * *")
POPULATION_THREADS = env.int("HUIMIN_POPULATION_THREADS", os.cpu_count() or 2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "huimin.core.access.signin.Adapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False  # shared computers: the session ends with the browser
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # axes counts failures, with records
ACCOUNT_FORMS = {"login": "huimin.core.access.signin.SignInForm"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/open/"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Huimin"
TOTP_REQUIRED = env.list("HUIMIN_TOTP_REQUIRED", default=[] if DEMO else ["admin"])  # roles
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "access/locked.html"
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["urls.W005"]

SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SERVED_OVER_TLS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("HUIMIN_BEHIND_PROXY", False) else None
)
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "huimin.portal.failures.csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

PROVINCE = env.str("HUIMIN_PROVINCE", "62")  # the province this installation serves, by its code

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("HUIMIN_STATIC", str(VAR / "static")))
MEDIA_ROOT = VAR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = env.bool("HUIMIN_STATIC_FINDERS", False)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
