"""How the weeks of cohorts are counted. Pure: statements for the engines.

Columns: cohort (its number), week (its Monday), events (usable ones), total (of their values), ones (those whose value is 1) and
short (those whose value is under `short`).

Values are added up in no order, so a total is rounded to millionths before it is whole: half a unit is half a unit each time.
"""

WEEKS = """
SELECT c.cohort, date_trunc('week', e.day)::DATE AS week, count(e.value)::DOUBLE AS events,
       round(round(coalesce(sum(e.value), 0), 6))::DOUBLE AS total, count(*) FILTER (e.value = 1)::DOUBLE AS ones,
       count(*) FILTER (e.value < $short)::DOUBLE AS short
FROM event e JOIN cohort_team c USING (team)
WHERE e.day >= $first AND e.day < $end GROUP BY ALL
"""
# The same of events that the warehouse's engine has counted by what they name (`warehouse.weeks`).
ADD_UP = """
WITH named AS (
    SELECT * REPLACE (DATE '1970-01-01' + day::INTEGER AS day) FROM counted WHERE NOT nobody AND NOT astray
), placed AS (
    SELECT team, day, events, total, ones, short FROM named WHERE team IS NOT NULL
    UNION ALL
    SELECT m.team, day, events, total, ones, short FROM named JOIN membership m ON m.person = named.person
        AND day >= m.valid_from AND (m.valid_to IS NULL OR day < m.valid_to)
    WHERE named.team IS NULL
)
SELECT c.cohort, date_trunc('week', p.day)::DATE AS week, sum(p.events)::DOUBLE AS events,
       round(round(sum(p.total), 6))::DOUBLE AS total, sum(p.ones)::DOUBLE AS ones, sum(p.short)::DOUBLE AS short
FROM placed p JOIN cohort_team c USING (team) GROUP BY ALL
"""
