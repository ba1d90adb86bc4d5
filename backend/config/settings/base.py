"""Settings shared by every environment. Values come from `config.env`; nothing here reads the environment itself."""

from __future__ import annotations

from typing import Any

from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.config import env
from backend.config.database import database_settings

BASE_DIR = env.BASE_DIR
SERVICES = env.services()
SECRET_KEY = env.text("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = [host for host in env.text("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]

INSTALLED_APPS = [
    "backend.accounts",  # first: two of its commands take the place of django.contrib.auth's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "backend.core",
    "backend.audit",
    "backend.organizations",
    "backend.members",
    "backend.contacts",
    "backend.deadlines",
    "backend.participation",
    "backend.cases",
    "backend.alerts",
    "backend.dues",
    "backend.flags",
    "backend.handovers",
    "backend.imports",
    "backend.reports",
    "backend.accesses",
    "backend.scans",
    "backend.api",
    "backend.web",
    "django.forms",  # after our own templates: what its widgets look like
    "backend.jobs",
    "backend.scenarios",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backend.web.caching.NotKept",
    "backend.web.policy.OwnFilesOnly",
    "backend.accounts.session_cookie.SignedSessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "backend.web.leaving.EndsWithTheOffice",
    "backend.web.passwords.OwnPasswordFirst",
    "backend.web.second_factor.SecondFactorFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backend.web.faults.Away",
    "backend.accesses.met.NotesWhoIsMet",
]

ROOT_URLCONF = "backend.config.urls"
WSGI_APPLICATION = "backend.config.wsgi.application"
AUTH_USER_MODEL, MESSAGE_STORAGE = "accounts.User", "backend.web.telling.ToldOnce"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER, FILE_UPLOAD_HANDLERS = "backend.web.forms.Renderer", ["backend.web.uploads.Bounded"]
SESSION_ENGINE, CSRF_FAILURE_VIEW = "backend.accounts.sealed_sessions", "backend.web.faults.out_of_date"
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "/sign-in/", "/", "/"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "backend.web.navigation.standing",
            ],
        },
    }
]
DATABASES: dict[str, dict[str, Any]] = {"default": database_settings(SERVICES.database_url)}

# Redis counts tries to sign in for all processes; without it each counts for itself (`accounts.attempts`).
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": SERVICES.redis_url,
        "KEY_PREFIX": "chibo",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)},
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in ("MinimumLength", "CommonPassword", "NumericPassword")
] + [{"NAME": f"backend.accounts.unlike.{name}"} for name in ("NotUniform", "NotOfTheAccount")]

# django-allauth: steps of signing in, second factors, the list of sessions. Tries are counted by `accounts.attempts` alone.
ACCOUNT_ADAPTER = "backend.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_REAUTHENTICATION_METHODS = ["password"]
MFA_ADAPTER = "backend.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # no addresses are kept by allauth
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Chibo"
MFA_TOTP_TOLERANCE = 1  # a clock half a minute off

LANGUAGE_CODE = env.language()
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE, USE_TZ = "Asia/Ho_Chi_Minh", True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # straight from the packages; production collects them once (collectstatic)

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backend.api.sessions.ScopedToken", "backend.api.sessions.PageSession"],
    "DEFAULT_PERMISSION_CLASSES": ["backend.api.sessions.Admitted"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backend.api.parsers.PlainJSONParser"],
    "DATE_INPUT_FORMATS": ["%Y-%m-%d"],  # "iso-8601" reads 20261120 and 2026-W47-1 too
    "DEFAULT_SCHEMA_CLASS": "backend.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "backend.api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
KNOX_TOKEN_MODEL = "accounts.Token"  # noqa: S105 - a table
MIGRATION_MODULES = {"knox": None}  # its own table would stay empty
REST_KNOX = {"AUTO_REFRESH": False}  # how long a token lasts is said where it is made (`accounts.tokens`)
SPECTACULAR_SETTINGS = {
    "TITLE": "Chibo",
    "VERSION": "1",
    "DESCRIPTION": "A member-lifecycle workflow engine. Errors are RFC 9457 problem details.",
    "SCHEMA_PATH_PREFIX": "/api/v1",  # what follows it names the group of an operation and the operation
    "SERVE_INCLUDE_SCHEMA": False,
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}},
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "backend.api.schema.facts_of_steps"],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "LevelEnum": "workflows.offices.Level",
        "OfficeEnum": "workflows.offices.Office",
        "SubstitutedOfficeEnum": "workflows.offices.SUBSTITUTED",
        "BadgeKindEnum": "workflows.badges.Kind",
        "KindEnum": ["case", "member"],
        "TableLanguageEnum": ["vi", "en"],
        "DuesSaidEnum": "workflows.dues.Said",
        "DuesStatusEnum": "workflows.dues.Status",
        "DeadlineStatusEnum": "backend.deadlines.models.Deadline.Status",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Celery (read by celery_app.py with the prefix CELERY_). Redis only carries: everything due stands in PostgreSQL.
CELERY_BROKER_URL = SERVICES.redis_url
CELERY_BROKER_TRANSPORT = "backend.jobs.broker:Transport"
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 4 * CELERY_TASK_TIME_LIMIT}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes; the default gives up
CELERY_BEAT_ENABLE_REMOTE_CONTROL = True

LOGGING = {  # what these write names the addresses that they call: tokens, numbers, paths
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "loggers": {name: {"handlers": ["nowhere"], "propagate": False} for name in ("apprise", "urllib3")},
}

EMAIL_BACKEND = "backend.alerts.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = env.text("EMAIL_HOST", "localhost"), env.number("EMAIL_PORT", 1025)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 20)  # seconds that the mail server may be silent
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "chibo@localhost")

# Chibo's own settings
CHIBO_ROLE = env.role()
CHIBO_PUBLIC_URL = env.text("CHIBO_PUBLIC_URL", "http://localhost:8000")
CHIBO_TRUSTED_PROXIES = env.number("CHIBO_TRUSTED_PROXIES", 0)  # how many in front of us write X-Forwarded-For
CHIBO_SWEEP_SECONDS = env.number("CHIBO_SWEEP_SECONDS", 60)
CHIBO_SEAL_SECONDS = env.number("CHIBO_SEAL_SECONDS", 10)
CHIBO_DELIVERY_SECONDS = env.number("CHIBO_DELIVERY_SECONDS", 30)
CHIBO_QUIET_FROM = env.number("CHIBO_QUIET_FROM", 20)  # ordinary letters leave between these hours only
CHIBO_QUIET_UNTIL = env.number("CHIBO_QUIET_UNTIL", 7)
CHIBO_DELIVERY_LEASE_SECONDS = env.number("CHIBO_DELIVERY_LEASE_SECONDS", 180)  # longer than one letter can take
CHIBO_DELIVERY_RETRY_SECONDS = env.number("CHIBO_DELIVERY_RETRY_SECONDS", 60)  # first wait; each later one doubles
CHIBO_DELIVERY_ATTEMPTS = env.number("CHIBO_DELIVERY_ATTEMPTS", 24)  # two hours, then hourly for a working day
CHIBO_HEARTBEAT_DAYS = env.number("CHIBO_HEARTBEAT_DAYS", 30)  # how long the runs of the standing jobs are remembered
CHIBO_STUCK_SECONDS = env.number("CHIBO_STUCK_SECONDS", 180)  # what is silent for less is never called stuck
CHIBO_BACKUP_HOURS = env.number("CHIBO_BACKUP_HOURS", 26)  # a backup older than this is warned of
CHIBO_WATCH_SECONDS = env.number("CHIBO_WATCH_SECONDS", 60)  # how often the web process looks whether anything is
CHIBO_CHAT_SERVICES = env.text("CHIBO_CHAT_SERVICES", "tgram,zalo,twilio,vonage").split(",")  # apprise's names
CHIBO_VAPID_PUBLIC_KEY = env.vapid_public_key()  # what browsers are given; without it nobody can add a device
CHIBO_VAPID_PRIVATE_KEY = env.vapid_private_key()  # signs what is sent to devices; only the jobs have it
CHIBO_VAPID_CONTACT = env.vapid_contact()  # whom push services write to; else the sender of the letters
CHIBO_METRICS_TOKEN = env.text("CHIBO_METRICS_TOKEN")  # without one there are no metrics
CHIBO_FIELD_KEYS = env.field_keys()  # Fernet keys, newest first, comma-separated
CHIBO_KEYS_MUST_FIT = True  # a server with another database's keys seals nothing (`core.keymark`)
CHIBO_INDEX_KEY = env.index_key()  # HMAC key of the blind index, hexadecimal
CHIBO_SIGNING_KEY = env.signing_key()  # Ed25519 seed of the log's heads, hexadecimal; only the jobs have it
CHIBO_TSA_URL = env.text("CHIBO_TSA_URL")  # who stamps them (RFC 3161); empty: nobody
CHIBO_TSA_CERTS = env.text("CHIBO_TSA_CERTS")  # file with the root certificates of who stamps, PEM
CHIBO_HEADS_DIR = env.text("CHIBO_HEADS_DIR")  # where the jobs keep the last head of each day; empty: nowhere
CHIBO_LOG_KEYS = env.text("CHIBO_LOG_KEYS")  # public keys that heads of the log were signed with: hexadecimal, commas
CHIBO_MOVABLE_DATE = False  # only demo and tests may move the business date
CHIBO_LOOPBACK_TARGETS = False  # only tests let webhooks go to this machine, and without TLS
CHIBO_SCANS_DIR = env.text("CHIBO_SCANS_DIR")  # where scans of papers are kept, each sealed; empty: none are
CHIBO_SCAN_BYTES = env.number("CHIBO_SCAN_BYTES", 10_000_000)
CHIBO_INVITATION_DAYS = env.number("CHIBO_INVITATION_DAYS", 14)  # how long a printed code invites
CHIBO_REQUIRE_SECOND_FACTOR = True  # of offices above the cell; only a laptop and tests may let them go without
CHIBO_DEMO_ACCOUNTS = False  # only a laptop and tests have accounts whose password is printed
