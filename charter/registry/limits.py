"""The scale of invasiveness with the limits that this site has set (S108)."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from charter.registry import invasiveness


def read_levels() -> tuple[invasiveness.InvasivenessLevel, ...]:
    """What each level demands here. ImproperlyConfigured where a limit is missing or a higher level has a longer one."""
    try:
        return invasiveness.build_levels(
            settings.RETENTION_FACTS or invasiveness.FACTS, settings.RETENTION_VALUES or invasiveness.VALUES
        )
    except ValueError as error:
        raise ImproperlyConfigured(f"RETENTION_FACTS and RETENTION_VALUES: {error}.") from error
