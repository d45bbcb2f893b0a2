from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "audits.retention"
    label = "retention"
