"""Django's command, which here also sees triggers, grants and data versions."""

from django.core.management.commands.makemigrations import Command as Django

from ground.schema.autodetector import Autodetector


class Command(Django):
    autodetector = Autodetector
