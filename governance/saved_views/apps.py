from django.apps import AppConfig


class SavedViewsConfig(AppConfig):
    name = "governance.saved_views"
    label = "saved_views"
