from django.apps import AppConfig


class FairnessConfig(AppConfig):
    name = "audits.fairness"
    label = "fairness"
