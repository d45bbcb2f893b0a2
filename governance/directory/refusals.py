"""Why somebody is not signed in by the organisation: each with a code, a sentence, and what to do."""

from django.utils.translation import gettext as _

from ground.errors import DomainError, NotPermitted, Unavailable


class ProviderIsAway(Unavailable):
    """The provider does not answer, or not as its protocol says."""

    code = "provider_away"
    title = "Your organisation’s sign-in does not answer"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing is the matter with your account. Try again in some minutes, or sign in with a password if you have one."
            )
        )


class AssertionRefused(DomainError):
    """What came was not the provider's word, was too old, or was used before."""

    status = 401
    code = "assertion_refused"
    title = "You could not be signed in"

    def __init__(self) -> None:
        super().__init__(
            _(
                "What your organisation’s sign-in sent could not be trusted, is too old, or was used already. Begin again."
            )
        )


class SignInCancelled(DomainError):
    """Whoever signs in, or the provider, said no."""

    status = 401
    code = "sign_in_cancelled"
    title = "You were not signed in"

    def __init__(self) -> None:
        super().__init__(
            _("Your organisation’s sign-in was stopped there. Begin again if you want to sign in.")
        )


class SignInRefusedError(NotPermitted):
    """The provider vouches for somebody who is not let in; `why` is on the log."""

    code = "sign_in_refused"
    title = "You could not be signed in"


def make_refusal(why: str) -> SignInRefusedError:
    """The refusal of one of these reasons. The sentences say nothing of anybody else's account."""
    sentences = {
        "no_person_claim": _(
            "Your organisation’s sign-in does not say who you are, or does not vouch for your address. Ask whoever looks after it."
        ),
        "unknown_person": _(
            "You are not known here as somebody who works here today. Ask an administrator of Metric Charter, who imports the organisation."
        ),
        "bound_elsewhere": _(
            "Your account is signed in to by another sign-in of your organisation. If yours was made anew, ask an administrator to end "
            "what binds the old one."
        ),
        "another_person": _(
            "Your organisation’s sign-in named somebody else than before. Nobody was signed in. Tell whoever looks after it, and an "
            "administrator."
        ),
        "closed": _("Your account is closed. Ask an administrator."),
    }
    return SignInRefusedError(sentences[why], code=why)
