"""How far single people may be looked at before the board is asked; part of `models`, which imports it."""

from django.db import models
from django.db.models import Q


class Limits(models.Model):
    """Settings of the programme on looking (AR13), on rulings of the board, and on notices that a legal request delays.

    Shares are percent. A group is gone through once `enumeration_share` of it and `enumeration_people` of its people
    were looked at by one metric within `enumeration_minutes`.
    """

    looks_a_day = models.PositiveSmallIntegerField(default=10)  # distinct other people, by one asker
    enumeration_share = models.PositiveSmallIntegerField(default=80)
    enumeration_people = models.PositiveSmallIntegerField(default=5)
    enumeration_minutes = models.PositiveSmallIntegerField(default=60)
    hop_share = models.PositiveSmallIntegerField(
        default=50
    )  # of a group that was asked about for a refused use
    hop_days = models.PositiveSmallIntegerField(default=7)
    ruling_days = models.PositiveSmallIntegerField(default=92)  # that a ruling of the board lasts
    notice_delay_days = models.PositiveSmallIntegerField(default=90)  # after a look for a legal request

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    enumeration_share__range=(1, 100), hop_share__range=(1, 100), enumeration_people__gte=1
                ),
                name="programme_notices_series",
            ),
        ]
