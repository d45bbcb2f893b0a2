"""Background work. No broker is trusted to keep anything: tasks are idempotent scans, the database is the queue."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")

app = Celery("metric_charter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["governance.config"])  # tasks.py, once Django is there


@app.on_after_configure.connect
def _ready(sender: Celery, **_: Any) -> None:
    """Make the folders of the file-system broker, which does not make them itself; nobody else looks or writes there."""
    options = sender.conf.broker_transport_options or {}
    for name in ("data_folder_in", "data_folder_out", "processed_folder", "control_folder"):
        if name in options:
            folder = Path(options[name])
            folder.mkdir(parents=True, exist_ok=True)
            for each in (folder.parent, folder):
                each.chmod(0o700)


@worker_init.connect
def _worker_begins(**_: Any) -> None:
    """Stop a worker that could not close a case, rather than let each of its scans fail."""
    from audits.ledger import keys
    from ground.errors import DomainError

    try:
        keys.check_keys()
    except DomainError as missing:
        raise SystemExit(missing.detail) from None  # any other error would be logged, and the worker go on
