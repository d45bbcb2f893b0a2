from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "governance.installation"
    label = "installation"

    def ready(self) -> None:
        from governance.desk import troubles
        from governance.installation.backups import age

        troubles.look_also(age.list_troubles)
