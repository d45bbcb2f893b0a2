"""What the organisation's own sign-in says of the reader: what it calls them, their entry and their groups."""

from collections.abc import Iterator

import msgspec
from django.utils.translation import gettext as _
from msgspec import Struct

from governance.directory.models import Binding, DirectoryEntry
from governance.people.models import User


class DirectoryWord(Struct, frozen=True):
    """One thing that is said: what it is about, and the words as they are kept."""

    what: str
    said: str


def list_directory_words(user: User) -> list[DirectoryWord]:
    """All of it, as the directory wrote it; nothing where it says nothing of this account."""
    return [*_of_sign_in(user), *_of_entry(user)]


def _of_sign_in(user: User) -> Iterator[DirectoryWord]:
    for each in Binding.objects.filter(user=user).order_by("provider"):
        yield DirectoryWord(
            _("Your name at %(provider)s") % {"provider": each.get_provider_display()}, each.subject
        )


def _of_entry(user: User) -> Iterator[DirectoryWord]:
    entry = DirectoryEntry.objects.filter(account=user).first()
    if entry is None:
        return
    yield DirectoryWord(_("Whether you are active there"), _("Yes") if entry.active else _("No"))
    yield DirectoryWord(_("Its entry of you"), msgspec.json.encode(entry.said, order="sorted").decode())
    if groups := list(entry.groups.order_by("name").values_list("name", flat=True)):
        yield DirectoryWord(_("Its groups that you are in"), ", ".join(groups))
