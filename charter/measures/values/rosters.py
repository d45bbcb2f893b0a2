"""Who was on teams at a time, as queries over the tables of an `EventTable`."""

# How many are there at a time, on the day of the fewest among the days on which there is anybody. Who leaves and who comes
# after them are one at a time; numbers change only on days on which a stay begins or ends, so those are added up. Stays of one
# person that overlap or follow each other, as on two teams, are one.
ROSTERS = """
WITH stay AS (
    SELECT c.cohort, m.person, greatest(m.valid_from, s.starts_on) AS valid_from,
           least(coalesce(m.valid_to, s.ends_on), s.ends_on) AS valid_to, s.starts_on, s.ends_on
    FROM cohort_team c JOIN membership m USING (team)
    JOIN span s ON m.valid_from < s.ends_on AND (m.valid_to IS NULL OR m.valid_to > s.starts_on)
), reached AS (
    SELECT *, max(valid_to) OVER (PARTITION BY cohort, starts_on, person ORDER BY valid_from, valid_to
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM stay
), fresh AS (
    SELECT * REPLACE (greatest(valid_from, before) AS valid_from) FROM reached WHERE before IS NULL OR valid_to > before
), turn AS (
    SELECT cohort, starts_on, ends_on, valid_from AS day, count(*) AS change FROM fresh GROUP BY ALL
    UNION ALL
    SELECT cohort, starts_on, ends_on, valid_to, -count(*) FROM fresh WHERE valid_to < ends_on GROUP BY ALL
), day AS (
    SELECT cohort, starts_on, day, sum(change) AS change FROM turn GROUP BY ALL
), at_a_time AS (
    SELECT cohort, starts_on, sum(change) OVER (PARTITION BY cohort, starts_on ORDER BY day) AS people FROM day
)
SELECT cohort, starts_on, min(people)::BIGINT FROM at_a_time WHERE people > 0 GROUP BY ALL
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
