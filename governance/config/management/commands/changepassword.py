"""In place of Django's `changepassword`, which would write past the services and the log."""

from governance.config.refusals import Refusal


class Command(Refusal):
    help = "Does nothing: passwords are set by set_password."
    sentence = "Set a password with `manage.py set_password USERNAME`: that it was set is then on the log, and its owner is told."
