from django.apps import AppConfig


class UseCheckConfig(AppConfig):
    name = "governance.use_check"
    label = "use_check"
