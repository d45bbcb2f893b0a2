"""What somebody was told is written once; that they acknowledged it is added, and that a code is taken back."""

from governance.about_me.models import Inclusion, LeaverCode
from ground.grants import add_and_change

GRANTS = {Inclusion: add_and_change("acknowledged_at"), LeaverCode: add_and_change("revoked_at")}
