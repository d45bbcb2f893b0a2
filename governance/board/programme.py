"""How a programme is begun: with what comes with the product, so that its first board can be invited and told what it founds."""

from charter import rules
from charter.programme import services as programmes
from charter.programme.models import Programme
from charter.registry import rulebooks
from charter.registry import services as registry
from governance.people.models import User


def begin_programme(*, slug: str, name: str, purpose: str, by: User, time_zone: str = "UTC") -> Programme:
    """Establish the programme, and give it what comes with the product; its founding is for the board that `by` invites.

    Raises what `programmes.establish_programme` raises.
    """
    programme = programmes.establish_programme(
        slug=slug, name=name, purpose=purpose, time_zone=time_zone, by=by
    )
    furnish_programme(programme=programme, by=by)
    return programme


def furnish_programme(*, programme: Programme, by: User) -> None:
    """Give it the decisions, sources and rules of the product that it lacks: each in its own transaction, so that it goes on where it stopped."""
    programmes.load_decisions(programme=programme, by=by)
    registry.load_sources(by=by)
    if rulebooks.find_rulebook_in_force() is None:
        registry.publish_rulebook(
            version=registry.propose_rulebook(files=rules.builtin_files(), by=by), by=by
        )
