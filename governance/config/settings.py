"""Settings, from the environment. Nothing secret has a default outside the demo."""

from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import Grain, Outcome
from ground.embedded import cluster

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = env.bool("DEBUG", default=True)
# In development each folder keeps its own key, so that sessions outlive a restart; elsewhere it must be given.
SECRET_KEY = env("SECRET_KEY", default="" if not DEBUG else f"development only, {BASE_DIR}")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY: with DEBUG=false there is no default.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
BASE_URL = env("BASE_URL", default="http://localhost:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.admin",
    "rest_framework",
    "knox",
    "guardian",
    "drf_spectacular",
    "drf_standardized_errors",
    "django_filters",
    "django_tables2",
    "csp",
    "audits.ledger",
    "governance.people",
    "governance.notices",
    "charter.registry",
    "charter.measures",
    "governance.board",
    "governance.training",
    "governance.decisions",
    "governance.views",
    "governance.desk",
    "governance.demo",
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
    "governance.config.middleware.RequestIdMiddleware",
    "governance.config.middleware.HouseErrorMiddleware",
]

ROOT_URLCONF = "governance.config.urls"
WSGI_APPLICATION = "governance.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.desk.context.house",
            ]
        },
    }
]


def database(url: str) -> dict[str, object]:
    """Connection settings from a libpq URL; the socket folder may stand in `?host=`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql:// — PostgreSQL is the only database."
        )
    settings = env.db_url_config(parts._replace(query="").geturl())
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    settings["HOST"] = query.pop("host", settings.get("HOST", ""))
    settings["PORT"] = query.pop("port", settings.get("PORT", ""))
    settings["ENGINE"] = "django.db.backends.postgresql"
    settings["ATOMIC_REQUESTS"] = False
    settings["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    settings["CONN_HEALTH_CHECKS"] = True
    settings["OPTIONS"] = {**query, "application_name": "metric-charter", **preparing()}
    return settings


def preparing() -> dict[str, int | None]:
    """How psycopg prepares the statements that ask for it (ground/statements.py); the ORM's bind in the client and never do.

    Without a threshold it prepares nothing, whatever is asked, and Django gives none. DATABASE_PREPARE=false is for poolers
    that hand each transaction another connection and do not keep prepared statements apart.
    """
    return {"prepare_threshold": 5 if env.bool("DATABASE_PREPARE", default=True) else None}


def embedded_url() -> str:
    """Where the runtime role finds the embedded server of this folder, whether or not it runs yet."""
    folder = VAR_DIR / "postgres"
    if cluster.credentials_path(folder).exists():
        return cluster.address(folder, cluster.RUNTIME)
    return f"postgresql://{cluster.RUNTIME}@/{cluster.DATABASE}?host={quote(str(folder / 'run'), safe='')}"


DATABASES = {"default": database(env("DATABASE_URL", default="") or embedded_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The role that services and doors run as. Migrations run as the owner and grant it what it needs.
RUNTIME_ROLE = env("RUNTIME_ROLE", default="mc_runtime")

AUTH_USER_MODEL = "people.User"
# guardian brings tables and nothing else: no account for those who did not sign in, no methods on accounts, and not its
# backend (W001), which says yes to superusers. Who may do what is said by each room's `check_can_x`.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = GUARDIAN_MONKEY_PATCH_GROUP = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # inside; the programme's zone is used at the edge

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = None if DEBUG else VAR_DIR / "static"  # where collectstatic gathers them
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = False

# Browsers: nothing from elsewhere, nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
if not DEBUG:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = env.bool("TLS", default=True)
    SECURE_PROXY_SSL_HEADER = (
        ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
    )
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Bodies over 64 KiB are refused before they are parsed.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["governance.people.authentication.RememberedTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ground.json_bodies.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["governance.config.throttles.AccountThrottle"],
    "DEFAULT_THROTTLE_RATES": {"account": env("API_RATE", default="600/min")},
    "EXCEPTION_HANDLER": "ground.problems.handle",
}
# A fault of ours is a problem document too, also where DEBUG would show a page.
DRF_STANDARDIZED_ERRORS = {"ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True}
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False, "TOKEN_LIMIT_PER_USER": 10}
SPECTACULAR_SETTINGS = {
    "TITLE": "Metric Charter",
    "DESCRIPTION": "No charter, no use; no receipt, no rows.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",  # whose schemas are JSON Schema, as those of the line are
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "governance.decisions.openapi.add_components",
    ],
    # Words that several resources have under one name: `kind` of a case, of a review; `state` of a pilot.
    "ENUM_NAME_OVERRIDES": {
        "CaseKind": "governance.board.states.CaseKind",
        "CaseState": "governance.board.states.CaseState",
        "ConditionKind": "governance.board.states.ConditionKind",
        "PilotState": "governance.board.states.PilotState",
        "Said": "governance.board.states.Said",
        "ReviewKind": "charter.registry.states.ReviewKind",
        "ReviewResult": "charter.registry.states.ReviewResult",
        "CohortKind": "governance.people.models.CohortKind",
        "GrainEnum": [(grain.value, grain.value.replace("_", " ")) for grain in Grain],
        "OutcomeEnum": [(outcome.value, outcome.value) for outcome in Outcome],
    },
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# How long facts and published values may be kept at most, for charters of invasiveness 0 to 4 (S108): five ISO 8601
# durations, never longer upward. Where none are given, those of charter/registry/invasiveness.py hold.
RETENTION_FACTS = env.list("RETENTION_FACTS", default=[])
RETENTION_VALUES = env.list("RETENTION_VALUES", default=[])

# The board: how long a case stays open unless it says otherwise, and what passes it (S108). BOARD_APPROVAL is the share of
# the votes cast that a charter of invasiveness 0 to 4 needs, never less upward; the first is that of every other case. From
# the level BOARD_MUST_VOTE_FROM on, the seats of BOARD_MUST_VOTE must vote as well, so that none of them is passed over.
BOARD_VOTING_DAYS = env.int("BOARD_VOTING_DAYS", default=14)
BOARD_APPROVAL = env.list("BOARD_APPROVAL", default=["2/3", "2/3", "3/4", "1", "1"])
BOARD_MUST_VOTE = env.list("BOARD_MUST_VOTE", default=["legal", "worker_rep"])
BOARD_MUST_VOTE_FROM = env.int("BOARD_MUST_VOTE_FROM", default=3)
# A suspension lapses unless it is ratified in these days; seats are reminded these days before voting ends; a charter's
# consequences are put to the board these days after it came into force (S51), the review system itself yearly (S100).
BOARD_RATIFICATION_DAYS = env.int("BOARD_RATIFICATION_DAYS", default=10)
BOARD_REMINDER_DAYS = (3, 1)
BOARD_CHECK_DAYS = env.int("BOARD_CHECK_DAYS", default=90)
BOARD_REVIEW_DAYS = env.int("BOARD_REVIEW_DAYS", default=365)
# The longest stretch period that one note may declare (S124).
CONTEXT_STRETCH_DAYS = env.int("CONTEXT_STRETCH_DAYS", default=92)

# The course about the rules: the share of right answers that passes, how long that is attested, how many questions an
# attempt shows at least, the notice when a new course asks again, and the days before the end on which one is reminded.
TRAINING_PASS_PERCENT = env.int("TRAINING_PASS_PERCENT", default=80)
TRAINING_MONTHS = env.int("TRAINING_MONTHS", default=12)
TRAINING_QUESTIONS = env.int("TRAINING_QUESTIONS", default=12)
TRAINING_NOTICE_DAYS = env.int("TRAINING_NOTICE_DAYS", default=30)
TRAINING_REMINDER_DAYS = (30, 7)

# Notices by e-mail: to files under EMAIL_FILE_PATH in development and in the demo, by SMTP elsewhere.
_MAIL = "django.core.mail.backends"
EMAIL_BACKEND = env(
    "EMAIL_BACKEND", default=f"{_MAIL}.filebased.EmailBackend" if DEBUG else f"{_MAIL}.smtp.EmailBackend"
)
EMAIL_FILE_PATH = env("EMAIL_FILE_PATH", default=str(VAR_DIR / "mail"))
EMAIL_HOST = env("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="Metric Charter <metric-charter@localhost>")

WAREHOUSE_URL = env("WAREHOUSE_URL", default="")
LEDGER_SIGNING_KEY_FILE = Path(env("LEDGER_SIGNING_KEY_FILE", default=str(VAR_DIR / "keys" / "ledger.pem")))
LEDGER_SEALING_KEY_FILE = Path(env("LEDGER_SEALING_KEY_FILE", default=str(VAR_DIR / "keys" / "sealing.key")))

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://")
_CELERY_FOLDER = VAR_DIR / "celery"
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_CELERY_FOLDER / "queue"),
        "data_folder_out": str(_CELERY_FOLDER / "queue"),
        "processed_folder": str(_CELERY_FOLDER / "done"),
        "control_folder": str(_CELERY_FOLDER / "control"),
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(_CELERY_FOLDER / "beat")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}

DJANGO_TABLES2_TEMPLATE = "ui/table.html"
TEST_RUNNER = "django.test.runner.DiscoverRunner"
