from django.apps import AppConfig


class StrainConfig(AppConfig):
    name = "audits.strain"
    label = "strain"
