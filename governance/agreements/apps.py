from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "governance.agreements"
    label = "agreements"
