"""JSON packed small: Zstandard (RFC 8878) with a dictionary of the words that the same kind of text says over and over.

What is packed is two bytes that say so, as no JSON begins with them, the number of the dictionary, and a frame without its
magic number. A dictionary is never changed, as what was packed with it would be lost; a better one takes the next number.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import local
from typing import Any

import msgspec
import zstandard
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

from ground.errors import DomainError

MARK = b"\x00z"
_LEVEL = 3
_LARGEST = 1 << 26  # bytes that anything packed comes to at most
_ENCODER = msgspec.json.Encoder(order="deterministic")
_FOLDER = Path(__file__).parent / "dictionaries"
_NEWEST = 1
_ours = local()  # zstandard's coders are for one thread at a time


def pack(body: bytes) -> bytes:
    """The same, smaller; as it is where that would not make it smaller, where it is packed, and where it is too large to be read so."""
    if len(body) > _LARGEST or is_packed(body):
        return body
    packed = MARK + bytes([_NEWEST]) + _coders().compressor.compress(body)
    return packed if len(packed) < len(body) else body


def unpack(body: bytes) -> bytes:
    """What was packed, to the byte; what was not, as it is. Raises ValueError where it is broken."""
    if not is_packed(body):
        return body
    number, frame = body[len(MARK) : len(MARK) + 1], body[len(MARK) + 1 :]
    try:
        _check_size(frame)
        return _coders().decompressors[number[0]].decompress(frame, allow_extra_data=False)
    except (KeyError, IndexError, zstandard.ZstdError) as error:
        raise ValueError("Something that was packed cannot be read.") from error


def _check_size(frame: bytes) -> None:
    """Raise ValueError where a frame says that it comes to more than anything that we packed, or does not say to how much.

    What is unpacked is given its room by what its frame says, whatever limit it is called with.
    """
    said = zstandard.get_frame_parameters(frame, zstandard.FORMAT_ZSTD1_MAGICLESS)
    if not 0 <= said.content_size <= _LARGEST:
        raise ValueError("Something that was packed is too large to be read.")


def is_packed(body: bytes) -> bool:
    """Whether it begins as what is packed does."""
    return body.startswith(MARK)


def read_as_it_lies(body: bytes) -> bytes:
    """What was packed, as it was; what somebody broke, as it lies, so that it does not fit its hash."""
    with suppress(ValueError):
        return unpack(body)
    return body


class PackedField(models.BinaryField):  # type: ignore[type-arg]
    """Bytes that are read as they were before they were packed. Its writer packs them.

    What somebody broke is read as it lies, so that it does not fit its hash, and whoever looks for that finds it.
    """

    def from_db_value(self, value: Any, *_: object) -> bytes | None:
        return None if value is None else read_as_it_lies(bytes(value))


class UnreadableRecord(DomainError):
    """What a row says was broken where it lies; its other columns, and its entry of the log, are what they were."""

    status = 500
    code = "record_unreadable"
    title = "This record cannot be read"

    def __init__(self) -> None:
        super().__init__(
            _(
                "What it says was damaged in the database. Tell whoever runs this installation: a backup may have it whole."
            )
        )


class UnreadableBytes:
    """Stands where something packed cannot be read, so that a list with one such row is read all the same."""


BROKEN = UnreadableBytes()


class _Readable(DeferredAttribute):
    """What was packed, as it reads. Raises UnreadableRecord where it is broken, whenever that is looked at."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        found = instance.__dict__[name] if name in instance.__dict__ else super().__get__(instance, cls)
        if found is BROKEN:
            raise UnreadableRecord
        return found

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class PackedJSONField(models.BinaryField):  # type: ignore[type-arg]
    """JSON that is only ever read whole: the database cannot look into it. May be written as structs, as a JSONField's may."""

    descriptor_class = _Readable

    def from_db_value(self, value: Any, *_: object) -> Any:
        try:
            return None if value is None else msgspec.json.decode(unpack(bytes(value)))
        except (msgspec.DecodeError, ValueError):  # of what was packed, or of what was in it
            return BROKEN

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        packed = None if value is None else pack(_ENCODER.encode(value))
        return super().get_db_prep_value(packed, connection, prepared)


class _Coders:
    """One compressor and one decompressor a dictionary, which take each dictionary in once."""

    def __init__(self, texts: Mapping[int, bytes]) -> None:
        frame: Any = {"format": zstandard.FORMAT_ZSTD1_MAGICLESS}
        given = {number: zstandard.ZstdCompressionDict(text, _RAW) for number, text in texts.items()}
        given[_NEWEST].precompute_compress(level=_LEVEL)
        how = zstandard.ZstdCompressionParameters.from_level(
            _LEVEL, write_content_size=True, write_dict_id=False, write_checksum=False, **frame
        )
        self.compressor = zstandard.ZstdCompressor(dict_data=given[_NEWEST], compression_params=how)
        self.decompressors = {
            number: zstandard.ZstdDecompressor(dict_data=each, **frame) for number, each in given.items()
        }


_RAW = zstandard.DICT_TYPE_RAWCONTENT


def _coders() -> _Coders:
    if not hasattr(_ours, "coders"):
        _ours.coders = _Coders(_read_dictionaries())
    coders: _Coders = _ours.coders
    return coders


@lru_cache(maxsize=1)
def _read_dictionaries() -> Mapping[int, bytes]:
    return {int(path.stem): path.read_bytes() for path in _FOLDER.glob("*.txt")}
