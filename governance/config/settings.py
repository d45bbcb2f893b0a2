"""Settings, from the environment. Nothing secret has a default outside the demo."""

from collections.abc import Callable
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from governance.config.addresses import (
    broker_folders,
    database,
    embedded_url,
    heed_installation,
    is_alone,
    shared_cache,
    tiles_storage,
)
from governance.config.api_enums import API_ENUMS
from governance.config.browser_policy import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from governance.config.operating_settings import read_logging, read_operating
from governance.config.sign_in_settings import *  # noqa: F403
from governance.config.sign_in_settings import read_directory
from governance.installation.loopback import is_of_this_machine
from ground.rates import parse_rate

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))


def required(name: str, why: str, *, where: Callable[[str], bool] = bool) -> str:
    """A variable that must be given. Raises ImproperlyConfigured where it is not, or is not what it has to be."""
    given: str = env(name, default="")
    if not where(given):
        raise ImproperlyConfigured(f"Set {name}: {why}")
    return given


# The demo and the tests alone turn it on. Without it nothing starts that is not told these, or was by `manage.py setup`.
DEBUG = env.bool("DEBUG", default=False)
if not DEBUG:
    heed_installation(VAR_DIR)
if DEBUG:
    SECRET_KEY = env("SECRET_KEY", default="") or get_random_secret_key()
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
    BASE_URL = env("BASE_URL", default="http://localhost:8000")
else:
    SECRET_KEY = required(
        "SECRET_KEY", "50 characters or more that nobody can guess.", where=lambda key: len(key) >= 50
    )
    _HOSTS = "the names by which people reach this site, by commas, and not any (*)."
    required("ALLOWED_HOSTS", _HOSTS, where=lambda hosts: bool(hosts) and "*" not in hosts)
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
    BASE_URL = required(
        "BASE_URL",
        "the address at which people reach this site; it begins with https://, or is of this machine alone (http://127.0.0.1:8000).",
        where=lambda url: url.startswith("https://") or is_of_this_machine(url),
    )
ALONE = not DEBUG and is_alone(BASE_URL, ALLOWED_HOSTS)

INSTALLED_APPS = [
    "governance.config.apps.ProjectConfig",  # first, as its commands stand in place of Django's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "governance.config.apps.ReadOnlyAdminConfig",
    "rest_framework",
    "knox",
    "guardian",
    "drf_spectacular",
    "drf_standardized_errors",
    "django_filters",
    "django_tables2",
    "csp",
    "pgtrigger",
    "axes",
    "allauth.account",
    "allauth.socialaccount",
    "ground",
    "audits.ledger",
    "governance.people",
    "governance.ui",
    "governance.notices",
    "charter.programme",
    "charter.registry",
    "charter.authoring",
    "charter.panels",
    "charter.measures",
    "governance.board",
    "governance.agreements",
    "governance.training",
    "governance.evidence",
    "governance.decisions",
    "governance.authzen",
    "governance.assistants",
    "governance.directory",
    "governance.sql_door",
    "governance.saved_views",
    "governance.use_check",
    "audits.fairness",
    "audits.strain",
    "governance.calibration",
    "governance.appeals",
    "governance.about_me",
    "audits.access_log",
    "audits.reviews",
    "audits.findings",
    "audits.retention",
    "audits.packs",
    "governance.founding",
    "governance.desk",
    "governance.installation",
    "governance.demo",
]

# Figures for whoever operates it, and log lines (governance/config/operating_settings.py).
OPERATING = read_operating(env.ENVIRON, VAR_DIR)

MIDDLEWARE = [
    "governance.config.request_ids.RequestIdMiddleware",
    *OPERATING.middleware,
    "governance.config.middleware.OutageMiddleware",
    "governance.config.middleware.KeptByNobodyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # What stands below is for browsers: doors of programs are answered here.
    "governance.config.short_way.ShortWayMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "governance.people.middleware.BrowserMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "governance.config.middleware.OwnPagesMiddleware",
    "governance.config.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "governance.config.middleware.CleanInputMiddleware",
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
                "governance.desk.page.page",
            ]
        },
    }
]

DATABASES = {"default": database(env("DATABASE_URL", default="") or embedded_url(VAR_DIR))}
# Where the SQL door reads governed views, as the role that may read nothing else.
GOVERNED_DATABASE_URL = env("GOVERNED_DATABASE_URL", default="") or embedded_url(VAR_DIR, "mc_governed")
CACHE_URL = shared_cache(env("CACHE_URL", default=""))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The role that services and doors run as. Migrations run as the owner and grant it what it needs.
RUNTIME_ROLE = env("RUNTIME_ROLE", default="mc_runtime")
BACKUP_FOLDER = env("BACKUP_FOLDER", default="")  # where `manage.py backup` puts one after another

AUTH_USER_MODEL = "people.User"
# guardian brings tables and nothing else: no account for those who did not sign in, no methods on accounts, and not its
# backend (W001), which says yes to superusers. Who may do what is said by each app's `check_can_x`.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = GUARDIAN_MONKEY_PATCH_GROUP = False
# Whether browsers know a domain as one of HTTPS before they ask (W021) is for its owner to say, not for one site on it.
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W021"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# The first says no where passwords were tried too often, on every door; it lets nobody in (governance/people/sign_in.py).
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "governance.people.backends.PasswordBackend",
    "governance.directory.backends.DirectoryBackend",
]

# A link for a new password is valid for so long. How often one may be asked for: of one account, from one address, by all.
RESET_LINK_MINUTES = env.int("RESET_LINK_MINUTES", default=60)
PASSWORD_RESET_TIMEOUT = RESET_LINK_MINUTES * 60
RESET_ACCOUNT_RATE = parse_rate(env("RESET_ACCOUNT_RATE", default="3/hour"), setting="RESET_ACCOUNT_RATE")
RESET_ADDRESS_RATE = parse_rate(env("RESET_ADDRESS_RATE", default="20/hour"), setting="RESET_ADDRESS_RATE")
RESET_RATE = parse_rate(env("RESET_RATE", default="300/hour"), setting="RESET_RATE")

# How the organisation signs its people in; nothing of it shows where nothing is told (governance/directory/configuration.py).
DIRECTORY = read_directory(env.ENVIRON)

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # inside; the programme's zone is used at the edge

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = None if DEBUG else VAR_DIR / "static"  # where collectstatic gathers them
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = False

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# No cookie outlives the session: whoever appeals anonymously leaves none behind.
CSRF_COOKIE_AGE = None
# A session ends when it was not used for so long, and so long after signing in (governance/people/session_store.py).
SESSION_ENGINE = "governance.people.session_store"
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=120)
SESSION_HOURS = env.int("SESSION_HOURS", default=12)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
# Whether a proxy of ours stands in front, so that X-Forwarded-For and -Proto are its word and not the client's.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if not DEBUG and not ALONE:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    # Browsers take these from this host alone: a neighbour in our domain could else lay a session of its own into one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    # Whoever looks whether the process lives may do so from beside it.
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^-/prometheus$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Bodies over 64 KiB are refused before they are parsed.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
# What is attached to an appeal is written to no disk before it is sealed.
FILE_UPLOAD_HANDLERS = ["ground.uploads.InMemoryHandler"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["governance.people.authentication.RememberedTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ground.json_bodies.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["governance.config.throttles.AddressThrottle"],
    # As `ground.parsing` reads days: ISO 8601 has ways that no one expects.
    "DATE_INPUT_FORMATS": ["%Y-%m-%d"],
    "EXCEPTION_HANDLER": "ground.problems.handle",
}
# How often an account may ask the API, or an address without a token (governance/people/request_rate.py).
API_RATE = parse_rate(env("API_RATE", default="600/min"), setting="API_RATE")
# How many values one request, one batch and, in a time, one account may ask for (governance/decisions/requests/cost.py).
QUESTION_COST = env.int("QUESTION_COST", default=5_000)
BATCH_COST = env.int("BATCH_COST", default=20_000)
COST_RATE = parse_rate(env("COST_RATE", default="60000/min"), setting="COST_RATE")
# A fault of ours is a problem document too, also where DEBUG would show a page.
DRF_STANDARDIZED_ERRORS = {"ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True}
# Tokens are made by governance/people/tokens.py alone, each with a name, a scope and an end.
KNOX_TOKEN_MODEL = "people.Token"  # noqa: S105
REST_KNOX = {"AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Metric Charter",
    "DESCRIPTION": "No charter, no use; no receipt, no rows.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",  # whose schemas are JSON Schema, as those of the line are
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "governance.decisions.doors.openapi.add_components",
        "governance.use_check.openapi.add_components",
    ],
    "ENUM_NAME_OVERRIDES": API_ENUMS,
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
# `migrate` writes them into the database, which holds outcomes to them: run it after you change one.
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
# How often one account may do in 24 hours what reaches others: propose context notes, put values under review, put
# questions to the board that anybody may ask, and comment on cases.
NOTES_A_DAY = env.int("NOTES_A_DAY", default=20)
HOLDS_A_DAY = env.int("HOLDS_A_DAY", default=50)
QUESTIONS_A_DAY = env.int("QUESTIONS_A_DAY", default=10)
COMMENTS_A_DAY = env.int("COMMENTS_A_DAY", default=100)
# Appeals: how many one account files in 24 hours, and for all anonymous ones together, as no address is kept of anybody,
# how many are filed, and how often a receipt is tried.
APPEALS_A_DAY = env.int("APPEALS_A_DAY", default=10)
ANONYMOUS_FILING_RATE = parse_rate(
    env("ANONYMOUS_FILING_RATE", default="30/hour"), setting="ANONYMOUS_FILING_RATE"
)
# All who try codes for after leaving, together: no address is kept.
LEAVER_CODE_RATE = parse_rate(env("LEAVER_CODE_RATE", default="20/min"), setting="LEAVER_CODE_RATE")
ANONYMOUS_RECEIPT_RATE = parse_rate(
    env("ANONYMOUS_RECEIPT_RATE", default="20/min"), setting="ANONYMOUS_RECEIPT_RATE"
)

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
# For how long one statement may read it; a metric whose query takes longer is left out of a run.
WAREHOUSE_SECONDS = env.float("WAREHOUSE_SECONDS", default=30.0)
LEDGER_SIGNING_KEY_FILE = Path(env("LEDGER_SIGNING_KEY_FILE", default=str(VAR_DIR / "keys" / "ledger.pem")))
LEDGER_SEALING_KEY_FILE = Path(env("LEDGER_SEALING_KEY_FILE", default=str(VAR_DIR / "keys" / "sealing.key")))
# Seals what appeals say and who filed them: a key of its own, so that whoever reads the log's sealed entries reads no names.
APPEALS_KEY_FILE = Path(env("APPEALS_KEY_FILE", default=str(VAR_DIR / "keys" / "appeals.key")))
# The log's name for those who verify it (C2SP: its address without the scheme). It is part of all that is signed: it stays.
LEDGER_ORIGIN = env("LEDGER_ORIGIN", default=f"{BASE_URL.partition('://')[2].rstrip('/')}/log")
# Entries name nobody, but their kinds and times tell when something of a kind happened. Tiles and checkpoints tell neither.
LEDGER_ENTRIES_PUBLIC = env.bool("LEDGER_ENTRIES_PUBLIC", default=False)
# Which witnesses must cosign before a state of the log is published: a file in the form of C2SP tlog-policy. None without one.
LEDGER_POLICY_FILE = env("LEDGER_POLICY_FILE", default="")
STORAGES |= tiles_storage()
# How long an entry waits at most for its place in the log; beyond it /readyz says so.
LEDGER_PROMISE_SECONDS = env.float("LEDGER_PROMISE_SECONDS", default=10.0)

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://")
_CELERY_FOLDER = VAR_DIR / "celery"
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS = broker_folders(_CELERY_FOLDER)
# For how many seconds the clock may stand still (no beat, or no worker that does what it sends) before /readyz says so.
CLOCK_STILL_SECONDS = env.float("CLOCK_STILL_SECONDS", default=120.0)
# Whoever reaches the broker finds nobody who loads pickles or takes orders: a message names a scan of ours, and nothing else.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A busy machine takes longer than the default of 4 s to start a child, which would be killed and started again.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "governance.config.beat:FencedScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(_CELERY_FOLDER / "beat")

LOGGING = read_logging(env.ENVIRON, OPERATING)

DJANGO_TABLES2_TEMPLATE = "ui/table.html"
