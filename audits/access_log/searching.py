"""A search of the access log: its filters as data, which its address, its entry in the log and a kept search all say alike."""

from datetime import date
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _
from msgspec import Struct


class Part(models.TextChoices):
    """What somebody has to do with a decision."""

    ASKED = "asked", _("Asked")
    LOOKED_AT = "looked_at", _("Was asked about")


class LookKind(models.TextChoices):
    """Whether values were asked for."""

    VALUES = "values", _("Looks at values")
    CHECKS = "checks", _("Checks only")


class Search(Struct, frozen=True, omit_defaults=True):
    """What is looked for, of several words any; `until` is in, `person` a pseudonym's code."""

    text: str = ""
    person: str = ""
    part: str = ""
    metric: str = ""
    decision: tuple[str, ...] = ()
    rule: str = ""
    verdict: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    grain: tuple[str, ...] = ()
    cohort: str = ""
    since: date | None = None
    until: date | None = None
    kind: str = ""

    @property
    def filters(self) -> dict[str, Any]:
        """Those in use, as the log keeps them."""
        return dict(msgspec.to_builtins(self))

    @property
    def query(self) -> str:
        """The address's part after the question mark."""
        return urlencode(self.filters, doseq=True)

    @property
    def mark(self) -> str:
        """What is the same of the same search alone."""
        return sha256(msgspec.json.encode(self.filters, order="sorted")).hexdigest()


def read_search(filters: dict[str, Any]) -> Search:
    """A search as the log or a kept one says it."""
    return msgspec.convert(filters, Search)
