"""What a text may be, for imports, forms and the API alike. Pure.

A *label* is what one thing is called, on one line: a name, a subject. A *prose* is what somebody says, over several lines. A *handle* is
what an account or a source calls somebody, and two of them are one where their `fold` is the same.

Names of people are theirs: marks that combine, joiners inside words and emoji stay. What nobody sees, turns text round or is
no character does not come in, as one could be shown what another did not write (Unicode Technical Report 36; the trick is
CVE-2021-42574).
"""

import re
import unicodedata
from collections.abc import Iterator

# Controls but tab and line breaks; surrogates; embeddings, overrides and isolates of direction; old format characters; the
# byte order mark; annotations; what Unicode says is no character; tags, in which text can be hidden.
_NEVER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "\U000e0001\U000e0020-\U000e007f]"
)
# Flags of parts of a country are a black flag with tags behind it (Unicode Technical Standard 51).
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
_BREAKS = re.compile("[\t\n\r\u2028\u2029]")
# Letters that look like a blank: fillers of Hangul, and the empty pattern of Braille.
_FILLERS = re.compile("[\u115f\u1160\u3164\uffa0\u2800]")
# Marks without width that may stand between two signs: joiners, word breaks, marks of direction, soft hyphens.
_HIDDEN = "\xad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065"
_LOOSE = re.compile(f"(?:^|[ {_HIDDEN}])[{_HIDDEN}]|[{_HIDDEN}](?:$|[ {_HIDDEN}])")
_AT_AN_END = re.compile(f"\\A\\s*[{_HIDDEN}]|[{_HIDDEN}]\\s*\\Z")
# Nothing that one sees: all of these, and what chooses among shapes of one sign.
_UNSEEN = re.compile(f"[{_HIDDEN}\ufe00-\ufe0f\ufeff\u115f\u1160\u3164\uffa0\U000e0000-\U000e0fff]")
# Longer labels are none; and texts made for it take long to compose, by the square of their length.
LONGEST_LABEL = 1_000
_BLANKS = re.compile("[ \xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")


def check_prose(text: str) -> None:
    """Raise ValueError, with a sentence, for what no text may hold."""
    if text.isascii() and text.isprintable():
        return
    if found := _NEVER.search(_FLAG.sub("", text)):
        raise ValueError(_describe_refusal(found[0]))
    if found := _AT_AN_END.search(text):
        raise ValueError(
            f"This begins or ends with a mark that nobody sees ({_name(found[0].strip())}). Leave it out."
        )


def check_label(text: str) -> None:
    """Raise ValueError, with a sentence, for what is no label: as prose, and one line, whose blanks are blanks."""
    if text.isascii() and text.isprintable():
        return
    check_prose(text)
    if found := _BREAKS.search(text):
        raise ValueError(f"This is one line. Leave out the tab or line break ({_name(found[0])}).")
    if found := _FILLERS.search(text):
        raise ValueError(f"This holds a sign that looks like a blank ({_name(found[0])}). Type a blank.")
    if found := _LOOSE.search(_blanks_as_blanks(text)):
        raise ValueError(
            f"A mark that nobody sees stands outside of a word ({_name(found[0].strip())}). Leave it out."
        )
    if text and unicodedata.category(text.lstrip()[:1] or " ").startswith("M"):
        raise ValueError("This begins with an accent that stands on no letter. Type the letter first.")


def clean_label(text: str) -> str:
    """A label as it is kept: composed (NFC), each run of blanks of any kind one blank, none at the ends. Raises ValueError."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if len(text) > LONGEST_LABEL:
        raise ValueError(f"This is longer than {LONGEST_LABEL} characters.")
    label = _blanks_as_blanks(unicodedata.normalize("NFC", text)).strip(" ")
    check_label(label)
    return label


def clean_handle(text: str) -> str:
    """A handle as it is kept: a label of one word, folded, so that all that look like it are it. Raises ValueError."""
    label = clean_label(text)
    if _UNSEEN.search(label) or " " in (handle := fold(label)):
        raise ValueError("This is one word: leave out blanks and marks that nobody sees.")
    return handle


def fold(text: str) -> str:
    """What two texts share that look alike: caseless, wide and narrow shapes alike, unseen marks and blanks at the ends gone.

    Unicode's NFKC_Casefold (The Unicode Standard, 3.13), with blanks as in a label. Letters of other scripts that look
    the same are not told apart by it, so Cyrillic а is not Latin a.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text[:LONGEST_LABEL]).casefold())
    seen = unicodedata.normalize("NFKC", _UNSEEN.sub("", folded).casefold())
    return _blanks_as_blanks(seen).strip(" ")


def find_fault(value: object) -> tuple[str, str] | None:
    """Where in plain values (as of JSON) a text is that may not be, as a dotted path, and why; keys are looked at too."""
    for path, text in _list_texts(value, ""):
        try:
            check_prose(text)
        except ValueError as error:
            return path, str(error)
    return None


def _list_texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[object, str]] = [(value, path)]
    while waiting:
        each, where = waiting.pop()
        if isinstance(each, str):
            yield where, each
        elif isinstance(each, dict):
            yield from ((where, key) for key in each if isinstance(key, str))
            waiting += [(below, f"{where}.{key}" if where else str(key)) for key, below in each.items()]
        elif isinstance(each, list | tuple):
            waiting += [(below, f"{where}[{place}]") for place, below in enumerate(each)]


def _blanks_as_blanks(text: str) -> str:
    return _BLANKS.sub(" ", text)


def _describe_refusal(sign: str) -> str:
    kinds = (
        ("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "a mark that turns text round"),
        ("\ufeff", "a byte order mark"),
        ("\0", "the character NUL"),
    )
    kind = next((words for signs, words in kinds if sign in signs), "a character that is no text")
    return f"This holds {kind} ({_name(sign)}). Leave it out."


def _name(sign: str) -> str:
    return f"U+{ord(sign[0]):04X}"
