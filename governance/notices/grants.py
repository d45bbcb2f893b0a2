"""What a notice says never changes; only whether it was read and mailed does."""

from governance.notices.models import Notice
from ground.grants import add_and_change

GRANTS = {Notice: add_and_change("read_at", "mail", "mail_attempts", "mailed_at")}
