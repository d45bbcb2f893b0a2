"""The words that rules, charters and requests share. Each is an enum; a word outside it is an error, not a new word."""

from enum import StrEnum


class Grain(StrEnum):
    """Whose value it is."""

    ORG = "org"
    VALUE_STREAM = "value_stream"
    TEAM = "team"
    SERVICE = "service"
    ROTA = "rota"
    ROLE_COHORT = "role_cohort"
    SELF = "self"
    PERSON = "person"


class View(StrEnum):
    """The class of a view and of a metric: the two never mix (AR10)."""

    DIAGNOSTIC = "diagnostic"
    PERFORMANCE = "performance"


class Category(StrEnum):
    DELIVERY = "delivery"
    RELIABILITY = "reliability"
    FLOW = "flow"
    QUALITY = "quality"
    OUTCOME = "outcome"
    ACTIVITY = "activity"
    STRAIN = "strain"
    SURVEY = "survey"
    QUALITATIVE = "qualitative"
    AI_ASSIST = "ai_assist"
    PROHIBITED_SURVEILLANCE = "prohibited_surveillance"


class Layer(StrEnum):
    SYSTEM = "system"
    WORKFLOW = "workflow"
    QUALITATIVE = "qualitative"


class Kind(StrEnum):
    """What a metric counts: a result, or mere doing (S40)."""

    OUTCOME = "outcome"
    ACTIVITY = "activity"


class Nature(StrEnum):
    """What a metric is, as its described sources and its measure make it, whatever its label says (S40, S65)."""

    ACTIVITY = "activity"  # commits, lines, tickets, messages, hours: how much was done
    COMPOSITE = "composite"  # one number of more than one kind of event (S34)
    SURVEY = "survey"  # what people answered
    HOURS = "hours"  # when, or for how long, people were at work
    AI_ASSIST = "ai_assist"  # how people use an assistant (S38)
    IDLE = "idle"  # the gaps between what one person did
    REPLY_LATENCY = "reply_latency"  # how soon people answer messages


class UseCondition(StrEnum):
    """What a charter binds a use to, each checked from facts; what only the asker can know is affirmed in words instead."""

    NOT_ONLY_EVIDENCE = "not_only_evidence"  # evidence that somebody else has opened comes with it
    ACCOUNTABLE = "accountable"  # somebody who leads or answers for those concerned is named
    OWN_FIGURE = "own_figure"  # it is one's own value, brought by oneself
    CONSENT = "consent"  # two thirds of each team asked about have agreed to this charter, on its page
    DURING_INCIDENT = "during_incident"  # a confirmed note of an incident lasts for each group asked about
    DURING_FREEZE = "during_freeze"
    DURING_MIGRATION = "during_migration"


class RequestForm(StrEnum):
    """A form of request that a charter may forbid by itself, whatever the rules and waivers say."""

    SEVERAL = "several"  # more than one group or person in one request
    UNLIKE = "unlike"  # unlike groups compared or ranked
    RANKING = "ranking"  # several in the order of their values, the first of them, or their percentiles
    COMPARE = "compare"
    COMBINE = "combine"
    CLOCK = "clock"  # weekends, evenings or time online alone
    SINGLE_PERSON = "single_person"  # somebody else's value
    EXPORT = "export"


class Role(StrEnum):
    """Who asks, seen from the cohorts asked about."""

    TEAM_MEMBER = "team_member"
    MANAGER = "manager"
    VALUE_STREAM_LEAD = "value_stream_lead"
    LEADERSHIP = "leadership"
    METRIC_OWNER = "metric_owner"
    BOARD_MEMBER = "board_member"
    HR = "hr"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SELF = "self"


class DecisionGroup(StrEnum):
    OPERATIONAL = "operational"
    PLANNING = "planning"
    DEVELOPMENT = "development"
    PEOPLE = "people"
    ASSURANCE = "assurance"


class DecisionType(StrEnum):
    """The typed uses of a metric. Those of the people group are consequential."""

    RELEASE_READINESS = "release_readiness"
    INCIDENT_RESPONSE = "incident_response"
    RELIABILITY_TRADEOFF = "reliability_tradeoff"
    WORKFLOW_DEBUGGING = "workflow_debugging"
    OPERATIONAL_MONITORING = "operational_monitoring"
    RETROSPECTIVE = "retrospective"
    STAFFING = "staffing"
    LOAD_BALANCING = "load_balancing"
    PORTFOLIO_PLANNING = "portfolio_planning"
    TOOLING_INVESTMENT = "tooling_investment"
    TEAM_COACHING = "team_coaching"
    ONE_ON_ONE = "one_on_one"
    PROMOTION_EVIDENCE = "promotion_evidence"
    PERFORMANCE_RATING = "performance_rating"
    COMPENSATION = "compensation"
    INTERNAL_MOVE = "internal_move"
    DISCIPLINE = "discipline"
    TERMINATION = "termination"
    CALIBRATION_INPUT = "calibration_input"
    FAIRNESS_AUDIT = "fairness_audit"
    GAMING_AUDIT = "gaming_audit"
    LEGAL_REQUEST = "legal_request"


GROUP_OF = {
    DecisionType.RELEASE_READINESS: DecisionGroup.OPERATIONAL,
    DecisionType.INCIDENT_RESPONSE: DecisionGroup.OPERATIONAL,
    DecisionType.RELIABILITY_TRADEOFF: DecisionGroup.OPERATIONAL,
    DecisionType.WORKFLOW_DEBUGGING: DecisionGroup.OPERATIONAL,
    DecisionType.OPERATIONAL_MONITORING: DecisionGroup.OPERATIONAL,
    DecisionType.RETROSPECTIVE: DecisionGroup.OPERATIONAL,
    DecisionType.STAFFING: DecisionGroup.PLANNING,
    DecisionType.LOAD_BALANCING: DecisionGroup.PLANNING,
    DecisionType.PORTFOLIO_PLANNING: DecisionGroup.PLANNING,
    DecisionType.TOOLING_INVESTMENT: DecisionGroup.PLANNING,
    DecisionType.TEAM_COACHING: DecisionGroup.DEVELOPMENT,
    DecisionType.ONE_ON_ONE: DecisionGroup.DEVELOPMENT,
    DecisionType.PROMOTION_EVIDENCE: DecisionGroup.PEOPLE,
    DecisionType.PERFORMANCE_RATING: DecisionGroup.PEOPLE,
    DecisionType.COMPENSATION: DecisionGroup.PEOPLE,
    DecisionType.INTERNAL_MOVE: DecisionGroup.PEOPLE,
    DecisionType.DISCIPLINE: DecisionGroup.PEOPLE,
    DecisionType.TERMINATION: DecisionGroup.PEOPLE,
    DecisionType.CALIBRATION_INPUT: DecisionGroup.PEOPLE,
    DecisionType.FAIRNESS_AUDIT: DecisionGroup.ASSURANCE,
    DecisionType.GAMING_AUDIT: DecisionGroup.ASSURANCE,
    DecisionType.LEGAL_REQUEST: DecisionGroup.ASSURANCE,
}


class SourceKind(StrEnum):
    """How a source comes to know what it knows. The last four are banned whatever their label (AR01)."""

    VERSION_CONTROL = "version_control"
    DELIVERY_PIPELINE = "delivery_pipeline"
    INCIDENT_TRACKER = "incident_tracker"
    MONITORING = "monitoring"
    ISSUE_TRACKER = "issue_tracker"
    ROTA = "rota"
    HR_SYSTEM = "hr_system"
    SURVEY = "survey"
    QUALITATIVE_RECORD = "qualitative_record"
    AI_ASSISTANT = "ai_assistant"
    MESSAGES = "messages"
    KEYBOARD = "keyboard"
    SCREEN = "screen"
    SENTIMENT = "sentiment"
    PRESENCE = "presence"


BANNED_SOURCES = frozenset(
    {SourceKind.KEYBOARD, SourceKind.SCREEN, SourceKind.SENTIMENT, SourceKind.PRESENCE}
)


class ContextClass(StrEnum):
    """What kind of project a team works in (S75)."""

    GREENFIELD = "greenfield"
    RESCUE = "rescue"
    PLATFORM = "platform"
    INCIDENT_HEAVY = "incident_heavy"
    MIGRATION = "migration"
    STABLE_PRODUCT = "stable_product"


class ContextKind(StrEnum):
    """What else was going on in a period; a context note is of one of these kinds (S46, S76, S81, S123, S124, S138)."""

    ON_CALL = "on_call"
    PARENTAL_LEAVE = "parental_leave"
    LEAVE = "leave"
    PRODUCTION_INCIDENT = "production_incident"
    MIGRATION = "migration"
    FREEZE = "freeze"
    ONBOARDING = "onboarding"
    MENTORING = "mentoring"
    ARCHITECTURE_WORK = "architecture_work"
    REST_AFTER_INTENSITY = "rest_after_intensity"
    CAREGIVING = "caregiving"
    TOOLING_CONSTRAINT = "tooling_constraint"
    DEPENDENCY_DELAY = "dependency_delay"
    STRETCH = "stretch"


class Standing(StrEnum):
    """Where a charter version stands; `charter.registry.states` holds the transitions."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    PILOT = "pilot"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    RETIRED = "retired"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Period(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"


class OrderBy(StrEnum):
    """What rows can be put in order of; who has appealed is a word so that asking for it is refused by its rule (AR22)."""

    VALUE = "value"  # highest first
    PERIOD = "period"
    COHORT = "cohort"
    APPEALS = "appeals"


class Combine(StrEnum):
    """What several values can be made into; the last three are words so that asking for them is refused (AR06, AR17)."""

    SUM = "sum"  # of a metric's periods
    MEAN = "mean"  # of a metric's periods
    SCORE = "score"  # one number of several metrics
    QUOTA = "quota"  # a share that must come out low
    CURVE = "curve"  # values spread over a set shape


class TimeFilter(StrEnum):
    """Parts of the clock that a request can name, so that asking for them is refused and on the log (AR03)."""

    WEEKEND = "weekend"
    EVENING = "evening"
    ONLINE = "online"


class EvidenceKind(StrEnum):
    """Qualitative evidence that can stand beside a metric (S33, S96, S99)."""

    DESIGN_REVIEW = "design_review"
    CROSS_TEAM_SUPPORT = "cross_team_support"
    MENTORING = "mentoring"
    INCIDENT_LEADERSHIP = "incident_leadership"
    STAKEHOLDER_FEEDBACK = "stakeholder_feedback"
    PROJECT_OUTCOME = "project_outcome"
    PEER_FEEDBACK = "peer_feedback"


class Outcome(StrEnum):
    """What the rules say. Deny beats refer, refer beats permit."""

    PERMIT = "permit"
    DENY = "deny"
    REFER = "refer"


class Waivable(StrEnum):
    NEVER = "never"
    BOARD = "board"


class Aggregation(StrEnum):
    """How the events of a period become one value."""

    COUNT = "count"
    SUM = "sum"
    RATE = "rate"  # events a week
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    SHARE = "share"  # of events whose value is 1


class Obligation(StrEnum):
    """What a permit requires of whoever uses the answer."""

    ANNOTATE_CONTEXT = "annotate_context"
    SHOW_COUNTER_METRIC = "show_counter_metric"
    ADD_RELIABILITY_AND_QUALITATIVE = "add_reliability_and_qualitative"
    KEEP_WITHHELD = "keep_withheld"
    NO_OTHER_USE = "no_other_use"
    NO_EXPORT = "no_export"
