"""What each level of invasiveness means, and what it demands (S108). Pure."""

from msgspec import Struct

from charter.rules import words


class Level(Struct, frozen=True):
    """`longest` is how long facts may be kept, as an ISO 8601 duration; empty where the reason given decides."""

    means: str
    longest: str = ""
    assessed: bool = False  # an impact assessment is linked, whatever the grain

    @property
    def demands(self) -> str:
        """What it demands beyond what every charter must say, in a sentence."""
        if not self.longest:
            return "Demands nothing beyond what every charter must say."
        assessment = " and a link to an impact assessment" if self.assessed else ""
        return f"Demands that facts are kept for {words.duration(self.longest)} at most{assessment}."


LEVELS = (
    Level("None: it says nothing about anybody, not even in a group"),
    Level("Low: it speaks of a team's work, and of nobody in it"),
    Level("Some: in a small team, people could recognise their own part", longest="P25M"),
    Level("High: it touches people's hours, health, load or opinions", longest="P13M", assessed=True),
    Level("Highest: it is about one person", longest="P31D", assessed=True),
)
