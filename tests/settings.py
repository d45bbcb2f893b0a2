"""The product's settings with debugging on, which the demo and the tests alone turn on; their processes inherit it."""

import os

os.environ.setdefault("DEBUG", "true")

from governance.config.settings import *  # noqa: F403
