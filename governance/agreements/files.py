"""Files of agreements: of a few types that are told by their bytes, not too large, and never run or shown within a page of ours. Pure."""

import hashlib
import zipfile
from io import BytesIO
from pathlib import PurePath
from types import MappingProxyType

from django.utils.translation import gettext as _
from msgspec import Struct

from ground import texts
from ground.errors import BadInput

LARGEST = 10 * 1024 * 1024  # bytes
MOST = 20  # a version
# By their ending: what a browser is told, and how the bytes begin; a text is whatever is UTF-8.
_TYPES = MappingProxyType(
    {
        "pdf": ("application/pdf", b"%PDF-"),
        "odt": ("application/vnd.oasis.opendocument.text", b"PK\x03\x04"),
        "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
        "txt": ("text/plain; charset=utf-8", b""),
    }
)
ACCEPTED = ",".join(f".{ending}" for ending in _TYPES)


class CleanFile(Struct, frozen=True):
    """A file as it is kept."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def clean_file(sent: bytes, *, name: str, length: int) -> CleanFile:
    """A file as it is kept; `length` is how long it was. Raises BadInput naming `document`, with the reason."""
    if not length:
        raise _refuse(_("The file is empty."))
    if length > LARGEST:
        raise _refuse(_("The file is too large: 10 MB at most."))
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending not in _TYPES:
        raise _refuse(
            _("Files of this type are not kept: give a PDF, an ODT or DOCX without macros, or plain text.")
        )
    media_type, begins = _TYPES[ending]
    if not sent.startswith(begins) or not _is_what_it_says(sent, ending):
        raise _refuse(_("The file is not what its name says. Save it again, and send that."))
    return CleanFile(_clean_name(name), media_type, sent)


def _is_what_it_says(sent: bytes, ending: str) -> bool:
    if ending == "txt":
        return _is_text(sent)
    if ending == "pdf":
        return b"%%EOF" in sent[-2048:]
    try:
        with zipfile.ZipFile(BytesIO(sent)) as packed:
            inside = set(packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    if any(
        name.lower().endswith("vbaproject.bin") or name.startswith(("Basic/", "Scripts/")) for name in inside
    ):
        raise _refuse(_("The file carries macros. Save it without them, or as PDF."))
    return ("word/document.xml" if ending == "docx" else "content.xml") in inside


def _is_text(sent: bytes) -> bool:
    try:
        sent.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in sent


def _clean_name(name: str) -> str:
    """The name alone, without a folder or what no line may hold."""
    try:
        return texts.clean_label(PurePath(name.replace("\\", "/")).name)[-200:]
    except ValueError as error:
        raise _refuse(str(error)) from None


def _refuse(why: str) -> BadInput:
    return BadInput(why, field="document", code="document_refused")
