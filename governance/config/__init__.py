"""The Django project."""

import gc

# Looking for garbage after every 700 new objects, as Python does unless told, is a fifth of the time that loading the project
# takes and a tenth of each request's; it finds as much after 50,000.
gc.set_threshold(50_000, 10, 10)

from governance.config.celery import app as celery_app  # noqa: E402 (it loads Celery and more)

__all__ = ["celery_app"]
