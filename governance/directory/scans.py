"""What falls due in this app with nobody asking: who was closed by the directory is kept for as long as it counts."""

from datetime import timedelta

from governance.directory.services.closings import forget_closings
from ground.scans import Scan, Step

CLOSINGS_FORGOTTEN = Scan(
    "directory_closings",
    every=timedelta(hours=1),
    minute=45,
    steps=(Step("closings forgotten", lambda by: [by], lambda _due, _by: forget_closings()),),
)
