"""The base of every record."""

from django.db import models

from ground.ids import new_id


class Record(models.Model):
    """A row keyed by a UUIDv7 made in Python."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
