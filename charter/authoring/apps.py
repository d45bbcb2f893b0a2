from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    name = "charter.authoring"
    label = "authoring"
