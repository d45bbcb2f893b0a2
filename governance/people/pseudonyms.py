"""What people are called where nobody is to be named: a keyed hash, whose key is no part of the database.

Whoever has the tables and knows every account and employee number still cannot tell whose pseudonym is whose.
"""

import hmac
import re
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

from governance.people.data_versions import PEOPLE
from governance.people.models import AccountKind, Person, User
from ground import data_versions
from ground.data_versions import cached

# Eight digits: among 10,000 people two would be called the same once in a hundred installations, with six always.
_CODE = re.compile(r"(?:^|\s)([0-9a-f]{4})-?([0-9a-f]{4})$")
_PART = re.compile(r"\w+")
_WHOLE = re.compile(r"\w+(?:[.@+_'’-]\w+)*")  # priya.nair, e-1042
_SHORTEST_NAME = 3  # letters; what is shorter is hidden nowhere, as it would hide half of every sentence
HIDDEN = "[…]"


def code_of_person(external_id: str) -> str:
    """What a person is called: `4F2A-91C0`."""
    return _code(settings.SECRET_KEY, f"person:{external_id}")


def code_of_account(account: User) -> str:
    """What an account is called: as its person, who may be looked at as well; one that is nobody's by its own key."""
    if account.person is not None:
        return code_of_person(account.person.external_id)
    return _code(settings.SECRET_KEY, f"account:{account.pk}")


def read_code(text: str) -> str | None:
    """The code in what somebody typed, such as `Manager 4F2A-91C0` or `4f2a91c0`; None where there is none."""
    found = _CODE.search(text.strip().lower())
    return f"{found[1]}-{found[2]}".upper() if found else None


def find_accounts(code: str) -> list[User]:
    """The accounts that are called so; two where a rare chance has it, none where nobody is."""
    return [each for each in User.objects.select_related("person") if code_of_account(each) == code]


def find_persons(code: str) -> list[str]:
    """The external ids of the persons who are called so."""
    return [
        each for each in Person.objects.values_list("external_id", flat=True) if code_of_person(each) == code
    ]


@cached(PEOPLE, most=1)
def read_names() -> frozenset[str]:
    """Every word of somebody's name, every user name and employee number, in small letters."""
    persons = Person.objects.values_list("name", "external_id")
    accounts = User.objects.filter(kind=AccountKind.HUMAN).values_list("name", "username")
    known: set[str] = set()
    for name, handle in (*persons, *accounts):
        known.update(word for word in _PART.findall(name.casefold()) if len(word) >= _SHORTEST_NAME)
        known.add(handle.casefold())
    return frozenset(known)


class KnownNames:
    """The names of everybody here, as of now, to find and to hide them in what somebody wrote."""

    def __init__(self) -> None:
        self._known = read_names(data_versions.read())

    def are_in(self, text: str) -> bool:
        """Whether this holds a name, or a part of one."""
        return self.hide(text) != text

    def hide(self, text: str) -> str:
        """The text without any word of a name: rather one too many than somebody named."""
        return _WHOLE.sub(self._hide_whole, text)

    def _hide_whole(self, found: re.Match[str]) -> str:
        if found[0].casefold() in self._known:
            return HIDDEN
        return _PART.sub(lambda part: HIDDEN if part[0].casefold() in self._known else part[0], found[0])


@lru_cache(maxsize=50_000)
def _code(secret: str, whom: str) -> str:
    digits = hmac.digest(_key(secret), whom.encode(), "sha256").hex()[:8].upper()
    return f"{digits[:4]}-{digits[4:]}"


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    """Made of the installation's secret. Where that changes, everybody is called anew."""
    return salted_hmac("governance.people.pseudonyms", "key", secret=secret, algorithm="sha256").digest()
