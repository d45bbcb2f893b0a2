from django.apps import AppConfig


class AboutMeConfig(AppConfig):
    name = "governance.about_me"
    label = "about_me"
