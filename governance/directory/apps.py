from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "governance.directory"
    label = "directory"

    def ready(self) -> None:
        """Say who signs in by password, and tell of break-glass accounts that do."""
        from django.contrib.auth.signals import user_logged_in

        from governance.directory import permissions, services
        from governance.people import backends
        from governance.people.models import User

        def tell(user: User, **_more: object) -> None:
            services.tell_of_use(user=user)

        backends.admit(permissions.may_use_password)
        user_logged_in.connect(tell, weak=False, dispatch_uid="directory.break_glass")
