from django.apps import AppConfig

from ground import calendar


class ProgrammeConfig(AppConfig):
    name = "charter.programme"
    label = "programme"

    def ready(self) -> None:
        """Days end at the programme's midnight, for the apps below it as well."""
        from charter.programme.queries import find_time_zone

        calendar.count_in(find_time_zone)
