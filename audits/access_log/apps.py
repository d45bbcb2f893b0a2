from django.apps import AppConfig


class AccessLogConfig(AppConfig):
    name = "audits.access_log"
    label = "access_log"
