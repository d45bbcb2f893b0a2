"""Background work. No broker is trusted to keep anything: tasks are idempotent scans, the database is the queue."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")

app = Celery("metric_charter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "governance.notices",
        "charter.registry",
        "charter.measures",
        "governance.training",
        "governance.board",
        "governance.decisions",
    ]
)


@app.on_after_configure.connect
def _ready(sender: Celery, **_: Any) -> None:
    """Lay down what runs when, and make the folders of the file-system broker, which does not make them itself."""
    sender.conf.beat_schedule = {
        "publish closed periods": {
            "task": "charter.measures.tasks.publish_closed_periods",
            "schedule": crontab(minute=10),
            "options": {"expires": 3000},
        },
        "keep the registry's clock": {
            "task": "charter.registry.tasks.keep_clock",
            "schedule": crontab(minute="*/15"),
            "options": {"expires": 800},
        },
        "keep the board's clock": {
            "task": "governance.board.tasks.keep_clock",
            "schedule": crontab(minute="5-59/15"),
            "options": {"expires": 800},
        },
        "tell of rules and lapses": {
            "task": "governance.training.tasks.keep_clock",
            "schedule": crontab(minute="12-59/15"),
            "options": {"expires": 800},
        },
        "give delayed notices of looks": {
            "task": "governance.decisions.tasks.give_notices",
            "schedule": crontab(minute="10-59/15"),
            "options": {"expires": 800},
        },
        "mail notices": {
            "task": "governance.notices.tasks.mail_notices",
            "schedule": crontab(),  # each minute
            "options": {"expires": 50},
        },
    }
    options = sender.conf.broker_transport_options or {}
    for name in ("data_folder_in", "data_folder_out", "processed_folder", "control_folder"):
        if name in options:
            os.makedirs(options[name], exist_ok=True)
