"""In place of Django's `createsuperuser`, which would write past the services and the log."""

from governance.config.refusals import Refusal


class Command(Refusal):
    help = "Does nothing: accounts are opened by open_account, and roles given by grant_role."
    sentence = (
        "Open an account with `manage.py open_account USERNAME --name NAME`, then make it an administrator with "
        "`manage.py grant_role USERNAME admin`. Both are on the log; being a superuser counts for nothing here."
    )
