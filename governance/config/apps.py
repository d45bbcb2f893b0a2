"""The project as an app, and Django's own apps as it configures them."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ProjectConfig(AppConfig):
    """The project itself, for its management commands."""

    name = "governance.config"
    label = "project"
    default = True


class ReadOnlyAdminConfig(AdminConfig):
    """Django's admin over a site that writes nothing, whatever packages register there."""

    default = False
    default_site = "ground.admin_site.ReadOnlySite"
