"""What may be attached to a message: a picture, drawn anew, or plain text. Pure.

A picture is decoded and drawn anew from its dots alone, so that neither its own data (where, when and with what it was taken) nor
anything that hides behind it is kept. What it is follows from its bytes; a name or a type that was sent is not looked at, nor kept.
"""

import struct
import zlib
from io import BytesIO

from django.utils.translation import gettext as _
from msgspec import Struct
from PIL import Image, ImageOps

from governance.appeals.states import AttachmentKind
from ground.errors import BadInput

LARGEST_PICTURE = 900 * 1024  # bytes, as it was sent
LARGEST_TEXT = 100 * 1024
MOST_DOTS = 12_000_000
# Bytes of a picture once drawn anew: one that was packed very tightly can be longer then.
LARGEST_DRAWN = 8 * 1024 * 1024
MOST = 20  # an appeal
_BEGINNINGS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF"}
# All that decoders raise of bytes that are no picture, or too large a one.
_NO_PICTURE = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, EOFError, OverflowError, MemoryError, struct.error, zlib.error,
)  # fmt: skip
_WHITE = {"\n", "\r", "\t"}


class CleanAttachment(Struct, frozen=True):
    """What is kept of a file."""

    kind: AttachmentKind
    content: bytes


def clean_attachment(sent: bytes, *, length: int) -> CleanAttachment:
    """A file as it is kept; `length` is how long it was, of which one that is too long may have been read in part.

    Raises BadInput naming `attachment`, with the reason.
    """
    if not length:
        raise _refuse(_("The file is empty."))
    if length > LARGEST_PICTURE:
        raise _refuse(_("The file is too large: a picture of 900 kB at most, or a text of 100 kB."))
    named = next((name for name, begins in _BEGINNINGS.items() if sent.startswith(begins)), None)
    return _draw_anew(sent, named) if named else _read_text(sent)


def _draw_anew(sent: bytes, named: str) -> CleanAttachment:
    try:
        with Image.open(BytesIO(sent), formats=(named,)) as picture:
            if picture.width * picture.height > MOST_DOTS:
                raise _make_too_large()
            drawn = _copy_dots(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _make_too_large() from error
    except _NO_PICTURE as error:
        raise _refuse(_("The picture cannot be read. Save it again as PNG or JPEG.")) from error
    kind = AttachmentKind.JPEG if named != "PNG" and drawn.mode == "RGB" else AttachmentKind.PNG
    kept = BytesIO()
    drawn.save(kept, format=kind.value.upper(), **({"quality": 88} if kind == AttachmentKind.JPEG else {}))
    if kept.tell() > LARGEST_DRAWN:
        raise _refuse(_("The picture is too large once drawn anew. Make it smaller."))
    return CleanAttachment(kind, kept.getvalue())


def _copy_dots(picture: Image.Image) -> Image.Image:
    """A new picture with the same dots, upright, and nothing else of it; of several in one the first."""
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    clear = "A" in upright.getbands() or "transparency" in upright.info
    dots = upright.convert("RGBA" if clear else "RGB")
    copy = Image.new(dots.mode, dots.size)
    copy.paste(dots)
    return copy


def _read_text(sent: bytes) -> CleanAttachment:
    try:
        text = sent.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _make_other_type() from error
    if any(not each.isprintable() and each not in _WHITE and not each.isspace() for each in text):
        raise _make_other_type()
    if len(sent) > LARGEST_TEXT:
        raise _refuse(_("The text is too long: 100 kB at most."))
    return CleanAttachment(AttachmentKind.TEXT, text.encode())


def _make_too_large() -> BadInput:
    return _refuse(_("The picture has too many dots: 12 million at most, such as 4,000 by 3,000."))


def _make_other_type() -> BadInput:
    return _refuse(
        _(
            "This type of file cannot be attached: other files can carry programs and tell who made them. Attach a picture (PNG, JPEG or WebP) or plain text (UTF-8)."
        )
    )


def _refuse(why: str) -> BadInput:
    return BadInput(why, field="attachment", code="attachment_refused")
