"""The pages that are lists, each with who opens it in a furnished programme and what it lacks, with why.

`tests/governance/config/test_list_pages.py` holds pages to it, `tests/benchmarks/pages.py` measures each.
"""

from enum import StrEnum

from msgspec import Struct


class Part(StrEnum):
    """What can be done with a list."""

    SEARCH = "search"  # by words, or by a number
    DAYS = "days"
    ORDER = "order"
    PAGES = "pages"
    FILE = "file"  # CSV


class ListPage(Struct, frozen=True):
    """A page by the name of its route; `file` is the route of its CSV."""

    name: str
    reader: str
    file: str = ""
    lacks: dict[Part, str] = {}

    @property
    def csv(self) -> str:
        return self.file or f"{self.name}-csv"


NO_WORDS = "a row is days, numbers and words that have a box each; nothing in it is written by anybody"
PSEUDONYMS = "whom a row is of is told in pseudonyms, which are other ones for every reader of the log"
SAYS_NOTHING = "nothing of what an appeal says may be searched for: it would tell what stands in others'"
AS_IT_STANDS = "a row is how something stands today; it has no day of its own"
BY_NAME_ALONE = "teams are told by name, never by how they do (S121)"
OWN_DAY = "the page has a day of its own, as of which it tells"

_EMPLOYEE, _MANAGER, _OWNER = "employee", "manager", "metric owner"
_ADMINISTRATOR, _AUDITOR, _HR, _SEAT = "administrator", "auditor", "HR", "seat: Engineering"

LISTS = (
    ListPage("metrics", _EMPLOYEE, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("matrix", _EMPLOYEE, lacks={Part.DAYS: AS_IT_STANDS, Part.ORDER: "by name: columns are decisions, not values"}),
    ListPage("charters", _OWNER, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("cases", _SEAT),
    ListPage("minutes", _EMPLOYEE, lacks={Part.ORDER: "minutes are read as they were taken, the newest first"}),
    ListPage("waivers", _EMPLOYEE),
    ListPage("pilots", _EMPLOYEE),
    ListPage("rulings", _EMPLOYEE),
    ListPage("agreements", _EMPLOYEE, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("my-answers", _MANAGER),
    ListPage("views", _EMPLOYEE),
    ListPage("context", _EMPLOYEE, lacks={Part.SEARCH: "what somebody wrote of their own affairs is searched by nobody"}),
    ListPage("holds", _AUDITOR),
    ListPage("notices", _MANAGER, lacks={Part.ORDER: "notices are told as they came, the newest first"}),
    ListPage("use-check-files", _EMPLOYEE),
    ListPage("evidence", _EMPLOYEE),
    ListPage("about-me-metrics", _EMPLOYEE, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("about-me-looks", _EMPLOYEE),
    ListPage("appeal-queue", _SEAT, lacks={Part.SEARCH: SAYS_NOTHING}),
    ListPage("fairness", _AUDITOR, lacks={Part.SEARCH: NO_WORDS}),
    ListPage("fairness-tasks", _HR),
    ListPage("calibration", _HR),
    ListPage("strain", _HR, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("strain-releases", _HR, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("strain-path", _HR),
    ListPage("sampled-reviews", _AUDITOR, lacks={Part.SEARCH: NO_WORDS}),
    ListPage("findings", _AUDITOR, lacks={Part.SEARCH: PSEUDONYMS}),
    ListPage("retention", _AUDITOR),
    ListPage("legal-holds", _AUDITOR),
    ListPage("packs", _AUDITOR, lacks={Part.SEARCH: NO_WORDS}),
    ListPage("records", _AUDITOR),
    ListPage("access-log", _AUDITOR, file="access-log-export", lacks={
        Part.ORDER: "what happened is told as it happened, the newest first",
        Part.FILE: "it is taken along by a press, with a receipt of its own, as that is on the log",
    }),
    ListPage("access-log-kept", _AUDITOR),
    ListPage("training-managers", _AUDITOR, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("accounts", _ADMINISTRATOR),
    ListPage("tokens", _EMPLOYEE),
    ListPage("sessions", _EMPLOYEE),
    ListPage("identities", _ADMINISTRATOR, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("aliases", _ADMINISTRATOR, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("sources", _OWNER, lacks={Part.DAYS: AS_IT_STANDS}),
    ListPage("publishing-runs", _ADMINISTRATOR),
    ListPage("revisions", _OWNER),
)  # fmt: skip
# Lists that are there only where an organisation signs its people in (`DIRECTORY`).
BY_ORGANISATION = (
    ListPage("directory-groups", _ADMINISTRATOR),
    ListPage("directory-accounts", _ADMINISTRATOR),
    ListPage("break-glass", _ADMINISTRATOR),
)

# Templates that show rows and are no list, by why.
NO_LISTS = {
    "parts of one thing, which its page tells whole": {
        "agreements/agreement", "board/case", "board/consent_ask", "board/draft", "board/parts/charter_summary",
        "board/parts/rulebook_summary", "board/parts/survey_summary", "calibration/cited", "calibration/round",
        "decisions/parts/arranged", "decisions/parts/values", "decisions/refusal", "decisions/replay", "desk/metric",
        "fairness/audit", "findings/finding", "measures/made_up", "measures/revision", "measures/source",
        "measures/withheld", "people/account", "registry/versions", "reviews/draw", "saved_views/view", "strain/team",
        "training/result", "use_check/answer", "use_check/file",
    },
    "what a check of a use and a decision come to, whole": {"use_check/decision"},
    "figures of counted things, never rows": {"appeals/figures", "calibration/figures"},
    "a few, whose number the product or the programme fixes": {
        "board/seats", "board/seats_to_be", "board/settings", "board/how_we_know", "strain/limits", "training/training",
        "packs/take_along", "founding/steps", "founding/groups", "use_check/profiles", "desk/log",
    },
    "the newest of several lists, each with a page of its own": {
        "desk/home", "desk/administration", "about_me/about_me", "about_me/left_read",
    },
    "what is asked in a form": {"appeals/questions", "about_me/learn", "measures/warehouse", "measures/describe", "about_me/stored"},
    "one's own appeals, which are few and are told whole": {"appeals/appeals"},
    "reviews of the matrix, four in a year, the last twelve": {"registry/reviews"},
    "all teams on a day, as one tree": {"people/organisation"},
    "who is on one team, or what is known of it, with a file of its own": {"people/team", "decisions/team_context"},
    "kinds of metrics, read from charters, which are listed as metrics": {"desk/contract_metrics"},
    "parts that pages of lists and others put together": {
        "ui/change", "ui/table", "ui/values_table", "ui/narrowed", "about_me/parts/uses",
        "agreements/parts/findings", "decisions/parts/answers_table",
    },
    "what one was told in writing, each acknowledged by itself": {"about_me/told"},
}  # fmt: skip
