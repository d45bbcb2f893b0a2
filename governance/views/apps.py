from django.apps import AppConfig


class ViewsConfig(AppConfig):
    name = "governance.views"
    label = "views"
