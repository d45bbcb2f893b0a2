"""Background work. No broker is trusted to keep anything: tasks are idempotent scans, the database is the queue."""

import os
from pathlib import Path

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")


def _file_broker(folder: Path) -> dict[str, str]:
    """Options of the file-system broker, whose folders are made here as it does not make them."""
    folders = {name: folder / name for name in ("queue", "done", "control")}
    for each in folders.values():
        each.mkdir(parents=True, exist_ok=True)
    queue, done, control = (str(folders[name]) for name in ("queue", "done", "control"))
    return {
        "data_folder_in": queue,
        "data_folder_out": queue,
        "processed_folder": done,
        "control_folder": control,
    }


app = Celery("metric_charter", broker=settings.CELERY_BROKER_URL)
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    timezone="UTC",
    beat_schedule_filename=str(settings.VAR_DIR / "celery" / "beat"),
    beat_schedule={
        "publish closed periods": {
            "task": "charter.measures.tasks.publish_closed_periods",
            "schedule": crontab(minute=10),
            "options": {"expires": 3000},
        }
    },
)
if settings.CELERY_BROKER_URL.startswith("filesystem"):
    app.conf.broker_transport_options = _file_broker(settings.VAR_DIR / "celery")
app.autodiscover_tasks(["charter.measures"])
