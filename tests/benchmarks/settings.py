"""The house's settings with the bare view beside it and no rate limit in the way."""

import os

os.environ.setdefault("API_RATE", "1000000/s")

from governance.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
LOGGING = {"version": 1, "disable_existing_loggers": False}
