"""What somebody was told is written once; that they acknowledged it is added, and that a code or an address is taken back."""

from governance.about_me.models import Inclusion, LeaverAddress, LeaverCode, LeaverMail
from ground.grants import May, add_and_change

GRANTS = {
    Inclusion: add_and_change("acknowledged_at"),
    LeaverCode: add_and_change("revoked_at"),
    # What was taken back is forgotten.
    LeaverAddress: add_and_change("address", "confirmed_at", "opened_at", "dropped_at"),
    LeaverMail: May("SELECT, INSERT, DELETE", ("attempts",)),
}
