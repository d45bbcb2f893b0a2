"""The owner's functions that delete. Whoever serves requests may delete none of these rows but through them.

Each asks by the database's own clock and tables, whatever the caller says: whether all of it was kept long enough, whether a legal hold, an
open appeal or anything that still goes on points at it, and whether the log tells of it in the same transaction. They read tables of
governance.decisions, governance.calibration, audits.strain, governance.appeals, governance.people, charter.measures, charter.registry, charter.programme, audits.reviews and
audits.ledger, all of which stand below.
"""

from ground.schema.functions import OwnerFunction
from ground.schema.triggers import refuse

# The day of the programme, by the database's own clock: whoever asks to delete is not believed about the day.
TODAY = "(now() AT TIME ZONE (SELECT time_zone FROM programme_programme))::date"


HOLDS_IN_FORCE = f"""retention_legalhold h LEFT JOIN people_person held ON held.id = h.person_id
        WHERE h.ended_at IS NULL AND h.ends_on > {TODAY}"""


def _hold(matches: str) -> str:
    return f"EXISTS (SELECT FROM {HOLDS_IN_FORCE} AND {matches})"


_TOLD = f"""
IF NOT EXISTS (
    SELECT FROM ledger_outbox queued JOIN ledger_entry entry ON entry.id = queued.entry_id
    WHERE queued.xact = pg_current_xact_id() AND entry.kind = 'retention.purged' AND queued.about = purge::text
) THEN
    {refuse("the log does not tell of this purge", "purge_is_on_the_log")}
END IF;
"""
HOLDS_DECISION = """(h.person_id IS NULL OR held.external_id = ANY(d.subjects)) AND (h.account_id IS NULL OR h.account_id = d.actor_id)
        AND (h.metric = '' OR h.metric = ANY(d.metrics))
        AND (h.since IS NULL OR d.at >= h.since) AND (h.until IS NULL OR d.at < h.until + 1)"""
_DECISION_HELD = _hold(HOLDS_DECISION)
# What an appeal is about is sealed, so every open one keeps all that it could be about.
_APPEALED = """EXISTS (
        SELECT FROM appeals_appeal a WHERE a.over_at IS NULL AND a.about_kind IN ('receipt', 'value', 'calibration', 'nothing')
        AND d.at <= a.filed_at
        AND d.at >= a.filed_at - make_interval(months => (SELECT appeal_window_months FROM programme_programme))
    )"""
_GOES_ON = """EXISTS (
        SELECT FROM decisions_delayednotice n WHERE n.decision_id = d.id AND n.given_at IS NULL
        UNION ALL SELECT FROM decisions_referral r JOIN board_case c ON c.id = r.case_id WHERE r.decision_id = d.id AND c.state = 'open'
        UNION ALL SELECT FROM reviews_sampledlook l LEFT JOIN board_case c ON c.id = l.case_id
            WHERE l.decision_id = d.id AND (l.concluded_at IS NULL OR c.state = 'open')
    )"""
_OLD_ENOUGH = (
    """d.at <= now() - make_interval(months => (SELECT decisions_kept_months FROM programme_programme))"""
)
_VALUE_HELD = _hold(
    """h.person_id IS NULL AND h.account_id IS NULL AND (h.metric = '' OR h.metric = m.slug)
        AND (h.since IS NULL OR v.ends_on > h.since) AND (h.until IS NULL OR v.starts_on <= h.until)"""
)
_CALIBRATION_HELD = _hold(
    """(h.person_id IS NULL OR h.person_id = i.person_id) AND h.account_id IS NULL AND h.metric = ''
        AND (h.since IS NULL OR r.ends_on > h.since) AND (h.until IS NULL OR r.starts_on <= h.until)"""
)
# What an appeal is about is sealed, so an open one about an outcome keeps every outcome that it could be about.
_OUTCOME_APPEALED = """EXISTS (
        SELECT FROM appeals_appeal a WHERE a.over_at IS NULL AND a.about_kind IN ('calibration', 'nothing') AND r.published_at <= a.filed_at
    )"""
_ROUND_OLD = "coalesce(r.ended_at, r.published_at, r.drafted_at) <= now() - make_interval(months => (SELECT decisions_kept_months FROM programme_programme))"
_IDENTITY_HELD = _hold(
    "(h.person_id IS NULL OR h.person_id = i.person_id) AND h.account_id IS NULL AND h.metric = '' "
)
# One row each of strain that goes by itself, with its days and whether it is over; the rest goes with an alert or a pulse.
STRAIN_ROWS = """(
    SELECT id, ends_on - 91 AS since, ends_on AS until, true AS is_over FROM strain_teamsignal
    UNION ALL SELECT id, month, (month + interval '1 month')::date, true FROM strain_loadobservation
    UNION ALL SELECT id, opens_on, closes_on + 1, closed_at IS NOT NULL FROM strain_pulseround
    UNION ALL SELECT alert.id, alert.since, (coalesce(alert.eased_at, now()))::date + 1, alert.state = 'eased' AND NOT EXISTS (
        SELECT FROM strain_strainreport told JOIN board_case c ON c.id = told.case_id WHERE told.alert_id = alert.id AND c.state = 'open'
    ) FROM strain_strainalert alert
    UNION ALL SELECT told.id, told.ends_on - 91, told.reported_at::date + 1, c.state <> 'open'
        FROM strain_strainreport told JOIN board_case c ON c.id = told.case_id WHERE told.alert_id IS NULL
)"""
_STRAIN_OLD = (
    f"s.until <= {TODAY} - make_interval(months => (SELECT strain_kept_months FROM programme_programme))"
)
# Strain is of teams, so no account's and no single person's hold is about it, but for that somebody took a pulse.
_STRAIN_HELD = _hold(
    """h.account_id IS NULL AND (h.person_id IS NULL OR EXISTS (
            SELECT FROM strain_pulsetaken taken WHERE taken.pulse_id = s.id AND taken.person_id = h.person_id
        )) AND (h.since IS NULL OR s.until > h.since) AND (h.until IS NULL OR s.since <= h.until)"""
)


def _unless(rows: str, condition: str, message: str, name: str) -> str:
    return f"IF EXISTS (SELECT FROM {rows} AND ({condition}) IS NOT TRUE) THEN\n    {refuse(message, name)}\nEND IF;"


_DECISIONS = "decisions_decisionrecord d WHERE d.id = ANY(wanted)"
_VALUES = "measures_publishedvalue v JOIN registry_metric m ON m.id = v.metric_id JOIN registry_charterversion c ON c.id = v.charter_version_id WHERE v.id = ANY(wanted)"
_CALIBRATIONS = "calibration_calibrationitem i JOIN calibration_calibrationround r ON r.id = i.round_id WHERE i.id = ANY(wanted)"
_STRAIN = f"{STRAIN_ROWS} s WHERE s.id = ANY(wanted)"
_IDENTITIES = "people_identity i JOIN people_person p ON p.id = i.person_id WHERE i.id = ANY(wanted)"

_PURGE_DECISIONS = f"""
DECLARE gone bigint;
BEGIN
{_TOLD}
PERFORM FROM {_DECISIONS} ORDER BY d.id FOR UPDATE;
{_unless(_DECISIONS, _OLD_ENOUGH, "a decision was not kept long enough", "purge_kept_long_enough")}
{_unless(_DECISIONS, f"NOT {_DECISION_HELD}", "a legal hold keeps a decision", "purge_no_legal_hold")}
{_unless(_DECISIONS, f"NOT {_APPEALED}", "an open appeal may be about a decision", "purge_no_appeal")}
{_unless(_DECISIONS, f"NOT {_GOES_ON}", "something that goes on points at a decision", "purge_nothing_goes_on")}
DELETE FROM decisions_naming WHERE decision_id = ANY(wanted);
DELETE FROM decisions_delayednotice WHERE decision_id = ANY(wanted);
DELETE FROM decisions_referral WHERE decision_id = ANY(wanted);
DELETE FROM reviews_lookquestion WHERE look_id IN (SELECT id FROM reviews_sampledlook WHERE decision_id = ANY(wanted));
DELETE FROM reviews_sampledlook WHERE decision_id = ANY(wanted);
DELETE FROM decisions_decisionrecord WHERE id = ANY(wanted);
GET DIAGNOSTICS gone = ROW_COUNT;
RETURN gone;
END
"""
_PURGE_VALUES = f"""
DECLARE gone bigint;
BEGIN
{_TOLD}
{_unless(_VALUES, "v.ends_on + (c.document #>> '{how_long,values}')::interval <= " + TODAY, "a value was not kept long enough", "purge_kept_long_enough")}
{_unless(_VALUES, f"NOT {_VALUE_HELD}", "a legal hold keeps a value", "purge_no_legal_hold")}
INSERT INTO measures_oncetold (id, charter_version_id, teams, period_kind, starts_on, ends_on, told_at)
SELECT v.id, v.charter_version_id, v.teams, v.period_kind, v.starts_on, v.ends_on, v.published_at
FROM measures_publishedvalue v WHERE v.id = ANY(wanted) AND v.withheld IN ('', 'low_coverage');
DELETE FROM measures_revisedvalue WHERE old_id = ANY(wanted);
DELETE FROM measures_publishedvalue WHERE id = ANY(wanted);
GET DIAGNOSTICS gone = ROW_COUNT;
RETURN gone;
END
"""
_PURGE_IDENTITIES = f"""
DECLARE gone bigint;
BEGIN
{_TOLD}
{_unless(_IDENTITIES, f"p.employed_to <= {TODAY} - make_interval(months => (SELECT leavers_kept_months FROM programme_programme))", "somebody did not leave long enough ago", "purge_kept_long_enough")}
{_unless(_IDENTITIES, f"NOT {_IDENTITY_HELD}", "a legal hold keeps a name", "purge_no_legal_hold")}
DELETE FROM people_identity WHERE id = ANY(wanted) AND person_id IS NOT NULL;
GET DIAGNOSTICS gone = ROW_COUNT;
RETURN gone;
END
"""
_PURGE_CALIBRATIONS = f"""
DECLARE gone bigint;
BEGIN
{_TOLD}
{_unless(_CALIBRATIONS, _ROUND_OLD, "a round is not over for long enough", "purge_kept_long_enough")}
{_unless(_CALIBRATIONS, f"NOT {_CALIBRATION_HELD}", "a legal hold keeps what a round said", "purge_no_legal_hold")}
{_unless(_CALIBRATIONS, f"NOT {_OUTCOME_APPEALED}", "an open appeal may be about an outcome", "purge_no_appeal")}
DELETE FROM calibration_challenge WHERE item_id = ANY(wanted);
DELETE FROM calibration_levelproposal WHERE item_id = ANY(wanted);
DELETE FROM calibration_packvalues WHERE item_id = ANY(wanted);
DELETE FROM calibration_packnote WHERE item_id = ANY(wanted);
DELETE FROM calibration_calibrationitem WHERE id = ANY(wanted);
GET DIAGNOSTICS gone = ROW_COUNT;
RETURN gone;
END
"""
_PURGE_STRAIN = f"""
DECLARE gone bigint; further bigint;
BEGIN
{_TOLD}
{_unless(_STRAIN, _STRAIN_OLD, "strain was not kept long enough", "purge_kept_long_enough")}
{_unless(_STRAIN, f"NOT {_STRAIN_HELD}", "a legal hold keeps what was told of strain", "purge_no_legal_hold")}
{_unless(_STRAIN, "s.is_over", "an alert, a pulse or a case about strain still goes on", "purge_nothing_goes_on")}
DELETE FROM strain_alertfollowup WHERE alert_id = ANY(wanted);
DELETE FROM strain_strainreport WHERE alert_id = ANY(wanted);
DELETE FROM strain_pulseresult WHERE pulse_id = ANY(wanted);
DELETE FROM strain_pulsetaken WHERE pulse_id = ANY(wanted);
DELETE FROM strain_strainreport WHERE id = ANY(wanted) AND alert_id IS NULL;
GET DIAGNOSTICS gone = ROW_COUNT;
DELETE FROM strain_strainalert WHERE id = ANY(wanted);
GET DIAGNOSTICS further = ROW_COUNT;
gone := gone + further;
DELETE FROM strain_pulseround WHERE id = ANY(wanted);
GET DIAGNOSTICS further = ROW_COUNT;
gone := gone + further;
DELETE FROM strain_loadobservation WHERE id = ANY(wanted);
GET DIAGNOSTICS further = ROW_COUNT;
gone := gone + further;
DELETE FROM strain_teamsignal WHERE id = ANY(wanted);
GET DIAGNOSTICS further = ROW_COUNT;
RETURN gone + further;
END
"""

FUNCTIONS = {
    "purge_decisions": OwnerFunction("wanted uuid[], purge uuid", "bigint", _PURGE_DECISIONS),
    "purge_values": OwnerFunction("wanted uuid[], purge uuid", "bigint", _PURGE_VALUES),
    "purge_identities": OwnerFunction("wanted uuid[], purge uuid", "bigint", _PURGE_IDENTITIES),
    "purge_calibrations": OwnerFunction("wanted uuid[], purge uuid", "bigint", _PURGE_CALIBRATIONS),
    "purge_strain": OwnerFunction("wanted uuid[], purge uuid", "bigint", _PURGE_STRAIN),
}
# What the same conditions find before: rows that are old enough, and those of them that something keeps.
KEEPS_DECISION = f"({_DECISION_HELD} OR {_APPEALED} OR {_GOES_ON})"
KEEPS_VALUE, KEEPS_IDENTITY = _VALUE_HELD, _IDENTITY_HELD
KEEPS_CALIBRATION = f"({_CALIBRATION_HELD} OR {_OUTCOME_APPEALED})"
ROUND_OLD, CALIBRATIONS_FROM = _ROUND_OLD, _CALIBRATIONS
KEEPS_STRAIN, STRAIN_OLD = f"({_STRAIN_HELD} OR NOT s.is_over)", _STRAIN_OLD
DECISIONS_OLD, VALUES_FROM, IDENTITIES_FROM = _OLD_ENOUGH, _VALUES, _IDENTITIES
