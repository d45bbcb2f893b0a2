"""What a provider says of somebody who signs in, once it is known that it said so. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from governance.directory.configuration import EMAIL

LONGEST_SUBJECT = 191
LONGEST_GROUP = 200
# More groups than these are cut, those in the order of their names: no claim makes a sign-in long.
MOST_GROUPS = 2_000


class Asserted(Struct, frozen=True):
    """Who a provider says signs in: its name for good, the claim that says which person that is, and their groups.

    `person` is None where there is no such claim, or one that the provider itself does not vouch for. `groups` is None
    where it says nothing of groups, which is not the same as none.
    """

    provider: str
    subject: str
    by_email: bool
    person: str | None
    groups: frozenset[str] | None


def read_claims(
    said: Mapping[str, object],
    *,
    provider: str,
    subject: str,
    person_claim: str,
    groups_claim: str,
    vouched: bool = False,
) -> Asserted:
    """What claims of OpenID Connect or attributes of SAML say.

    An address counts where `email_verified` says so, or where the provider is `vouched` to know none but its own.
    """
    person = _one_word(said.get(person_claim))
    by_email = person_claim == EMAIL
    if by_email and not vouched and not _is_vouched_for(said.get("email_verified")):
        person = None
    groups = _words(said[groups_claim]) if groups_claim and groups_claim in said else None
    return Asserted(provider, subject, by_email, person, groups)


def _is_vouched_for(said: object) -> bool:
    return said is True or (isinstance(said, str) and said.lower() == "true")


def _one_word(said: object) -> str | None:
    """A claim of one value; several, of which nobody can say which is meant, are none."""
    if isinstance(said, list | tuple) and len(said) == 1:
        said = said[0]
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said)
    return (said.strip() or None) if isinstance(said, str) else None


def _words(said: object) -> frozenset[str]:
    if isinstance(said, str):
        said = [said]
    if not isinstance(said, Iterable):
        return frozenset()
    words = {each for each in said if isinstance(each, str) and 0 < len(each) <= LONGEST_GROUP}
    return frozenset(sorted(words)[:MOST_GROUPS])
