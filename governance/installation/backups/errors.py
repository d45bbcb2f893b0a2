"""Why a backup is not made, or not restored."""

from ground.errors import Conflict, Unavailable


class BackupRefused(Conflict):
    """What was asked would leave something half, or trust what nobody vouches for; nothing was done."""

    code = "backup_refused"


class BackupFailed(Unavailable):
    """It could not be done to its end; the sentence says what is there now."""

    code = "backup_failed"
