"""What source systems call persons and teams, and whom a name means. Pure.

Names are compared after NFKC, case folding and trimming, and without marks that nobody sees, so that `Ann`, `ann ` and
full-width letters are one. A letter that only looks like another stays another: a name that is not known exactly is nobody's.
"""

import unicodedata
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from msgspec import Struct

ANY_SOURCE = ""
_UNSEEN = frozenset({"Cc", "Cf"})
_ALIKE = 0.75


def fold_name(name: str) -> str:
    """A name as it is compared; empty where nothing is left of it."""
    seen = "".join(
        letter if not letter.isspace() else " "
        for letter in unicodedata.normalize("NFKC", name)
        if letter.isspace() or unicodedata.category(letter) not in _UNSEEN
    )
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


class NameFound(Struct, frozen=True):
    """Whom a name means: somebody (`holder`), nobody by our own word (a bot, a team that is not ours), or not known."""

    holder: str | None = None
    known: bool = True


UNKNOWN = NameFound(known=False)
NOBODY = NameFound()


class NameBook(Struct, frozen=True):
    """Names of one sort, of persons or of teams.

    `given`: source and folded name → who it is, None for nobody. `own`: the folded name that each has in every source,
    as they are called here.
    """

    given: Mapping[tuple[str, str], str | None]
    own: Mapping[str, str]

    def find(self, name: str, sources: Collection[str]) -> NameFound:
        """Whom a name means in these sources. Where they do not agree it is not known."""
        key = fold_name(name)
        found = {self._find(key, source) for source in sources or (ANY_SOURCE,)}
        return found.pop() if len(found) == 1 else UNKNOWN

    def names_of(self, holder: str, names: Collection[str], sources: Collection[str]) -> list[str]:
        """Those of these names that mean somebody, as they are written."""
        return [name for name in names if self.find(name, sources).holder == holder]

    def suggest(self, name: str) -> str | None:
        """Who might be meant by a name that is not known; None where nobody is called much alike. Decides nothing."""
        key = fold_name(name)
        holders = {
            **{key: holder for (_, key), holder in self.given.items() if holder is not None},
            **self.own,
        }
        return holders.get(_find_nearest(key, holders) or "")

    def _find(self, key: str, source: str) -> NameFound:
        for place in ((source, key), (ANY_SOURCE, key)):
            if place in self.given:
                return NameFound(self.given[place])
        return NameFound(self.own[key]) if key in self.own else UNKNOWN


class SourceNames(Struct, frozen=True):
    """Whom the names in an organisation's sources mean."""

    people: NameBook
    teams: NameBook


def build_names(people: Collection[str], teams: Collection[str]) -> SourceNames:
    """Names of an organisation whose sources call everybody as it does itself."""
    own = ({fold_name(name): name for name in names} for names in (people, teams))
    return SourceNames(*(NameBook({}, each) for each in own))


def _find_nearest(key: str, keys: Collection[str]) -> str | None:
    """The name that is most alike, comparing what stands before an e-mail's @, among those that begin alike."""
    stem = _stem(key)
    stems = {_stem(other): other for other in sorted(keys) if _stem(other)[:1] == stem[:1]}
    alike = get_close_matches(stem, stems, n=1, cutoff=_ALIKE)
    return stems[alike[0]] if alike else None


def _stem(key: str) -> str:
    return "".join(letter for letter in key.partition("@")[0] if letter.isalnum())
