"""How the weeks of cohorts are counted. Pure: one statement for the engine.

Columns: cohort (its number), week (its Monday), events (usable ones), total (of their values), ones (those whose value is 1) and
short (those whose value is under `short`).
"""

WEEKS = """
SELECT c.cohort, date_trunc('week', e.day)::DATE AS week, count(e.value)::DOUBLE AS events,
       round(coalesce(sum(e.value), 0))::DOUBLE AS total, count(*) FILTER (e.value = 1)::DOUBLE AS ones,
       count(*) FILTER (e.value < $short)::DOUBLE AS short
FROM event e JOIN cohort_team c USING (team)
WHERE e.day >= $first AND e.day < $end GROUP BY ALL
"""
