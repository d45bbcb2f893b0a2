from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "audits.packs"
    label = "packs"
