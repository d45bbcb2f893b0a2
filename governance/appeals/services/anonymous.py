"""Appeals without an account: a number that is shown once is all that leads back to one."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct, structs

from governance.appeals.services.filing import Filed, Filing, clean, store
from governance.appeals.states import AppealKind
from governance.appeals.words import RECEIPT_DIGITS, hash_receipt
from governance.people.models import User
from governance.people.permissions import is_system
from ground.errors import NotPermitted


class FiledAnonymously(Struct, frozen=True):
    """An appeal, and the number that is told to nobody again."""

    filed: Filed
    receipt: str


@transaction.atomic(durable=True)
def file_anonymously(*, filing: Filing, by: User) -> FiledAnonymously:
    """File an appeal of nobody's, as the product itself: neither an account nor an address is kept of who asked."""
    if not is_system(by):
        raise NotPermitted(_("An anonymous appeal is filed by nobody's account. Sign out first."))
    receipt = f"{secrets.randbelow(10**RECEIPT_DIGITS):0{RECEIPT_DIGITS}}"
    cleaned = clean(structs.replace(filing, kind=AppealKind.ANONYMOUS, ask_later=False, contested=None))
    return FiledAnonymously(store(cleaned, appellant=None, receipt_hash=hash_receipt(receipt)), receipt)
