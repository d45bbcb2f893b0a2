"""What whoever operates it is told: figures for Prometheus, and log lines as JSON. Nothing here names a person, team or metric."""
