"""Settings as in production, with the bare view beside it and no rate limit in the way."""

import os
import secrets

os.environ.update(
    DEBUG="false", ALLOWED_HOSTS="127.0.0.1,localhost,testserver", BASE_URL="https://charter.example.org"
)
os.environ.setdefault("API_RATE", "1000000/s")
os.environ.setdefault("COST_RATE", "100000000/s")
os.environ.setdefault("SECRET_KEY", secrets.token_hex())

from governance.config.operating_settings import JSON
from governance.config.settings import *  # noqa: F403

SECURE_SSL_REDIRECT = False  # it is asked without a proxy in front
ROOT_URLCONF = "tests.benchmarks.urls"
if OPERATING.log_format != JSON:  # noqa: F405
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "loggers": {"waitress.queue": {"level": "ERROR"}},
    }
