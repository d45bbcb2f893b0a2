"""What somebody was told is written once; that they acknowledged it is added."""

from governance.about_me.models import Inclusion
from ground.grants import add_and_change

GRANTS = {Inclusion: add_and_change("acknowledged_at")}
