"""Who was on teams at a time, as queries over the tables of an `EventTable`."""

# How many are there at a time, on the day of the fewest among the days on which there is anybody. Who leaves and who comes
# after them are one at a time; numbers change only on days on which a span begins or ends.
ROSTERS = """
WITH stay AS (
    SELECT DISTINCT c.cohort, m.person, greatest(m.valid_from, s.starts_on) AS valid_from,
           least(coalesce(m.valid_to, s.ends_on), s.ends_on) AS valid_to, s.starts_on
    FROM cohort_team c JOIN membership m USING (team)
    JOIN span s ON m.valid_from < s.ends_on AND (m.valid_to IS NULL OR m.valid_to > s.starts_on)
), turn AS (
    SELECT cohort, starts_on, valid_from AS day FROM stay
    UNION SELECT s.cohort, s.starts_on, s.valid_to FROM stay s JOIN span p USING (starts_on) WHERE s.valid_to < p.ends_on
), at_a_time AS (
    SELECT t.cohort, t.starts_on, t.day, count(DISTINCT s.person) AS people
    FROM turn t JOIN stay s ON s.cohort = t.cohort AND s.starts_on = t.starts_on AND s.valid_from <= t.day AND s.valid_to > t.day
    GROUP BY ALL
)
SELECT cohort, starts_on, min(people) FROM at_a_time GROUP BY ALL
"""
# Who was on each team on the day of the fewest of a month, among the days on which there was anybody.
CREWS = """
WITH stay AS (
    SELECT DISTINCT m.team, s.starts_on, m.person, greatest(m.valid_from, s.starts_on) AS valid_from,
           least(coalesce(m.valid_to, s.ends_on), s.ends_on) AS valid_to
    FROM membership m JOIN span s ON m.valid_from < s.ends_on AND (m.valid_to IS NULL OR m.valid_to > s.starts_on)
), turn AS (
    SELECT team, starts_on, valid_from AS day FROM stay
    UNION SELECT y.team, y.starts_on, y.valid_to FROM stay y JOIN span s USING (starts_on) WHERE y.valid_to < s.ends_on
), at_a_time AS (
    SELECT t.team, t.starts_on, t.day, count(DISTINCT y.person) AS people
    FROM turn t JOIN stay y ON y.team = t.team AND y.starts_on = t.starts_on AND y.valid_from <= t.day AND y.valid_to > t.day
    GROUP BY ALL
), fewest AS (
    SELECT team, starts_on, arg_min(day, (people, day)) AS day FROM at_a_time GROUP BY ALL
)
SELECT DISTINCT y.team, y.starts_on AS month, y.person FROM fewest f JOIN stay y USING (team, starts_on)
WHERE y.valid_from <= f.day AND y.valid_to > f.day ORDER BY ALL
"""
