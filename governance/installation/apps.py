from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "governance.installation"
    label = "installation"
