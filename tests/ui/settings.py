"""Just enough Django to look at huimin.ui alone: python -m django runserver --settings tests.ui.settings."""

SECRET_KEY = "the gallery holds no secrets"
DEBUG = True
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.staticfiles", "django.contrib.messages", "huimin.ui"]
MIDDLEWARE = [
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tests.ui.policy.strict",
]
ROOT_URLCONF = "tests.ui.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
DATABASES: dict[str, dict[str, str]] = {}
