from django.apps import AppConfig


class AssistantsConfig(AppConfig):
    name = "governance.assistants"
    label = "assistants"
