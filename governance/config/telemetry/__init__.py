"""What whoever operates it is told: figures for Prometheus, and log lines as JSON. Nothing here names a person, team or metric."""

import os

from django.conf import settings

if settings.OPERATING.token:
    # Prometheus' client chooses as it is imported, by any module of this package: with this it counts in files of this folder,
    # one a process, which the door sums up.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.OPERATING.folder)
