"""The owner's function that makes schema `governed` what the charters in force say it is. Whoever serves requests may make no view.

A view holds nothing by itself: it shows what the line has released to this very session for this very statement, as the door has set it
(`governed.released`). So whoever has the password of the role that reads it, and comes past the door, finds no value in it.
It reads tables of charter.registry and governance.people, which stand below.
"""

from charter.rules.vocabulary import Grain
from ground.schema.functions import OwnerFunction

READER = "mc_governed"  # the role that the door speaks to PostgreSQL as
GRAINS = (Grain.ORG, Grain.VALUE_STREAM, Grain.TEAM)  # of which values are published
LONGEST_NAME = 40  # of a metric's slug in the name of its view


COLUMNS = (
    ("cohort", "text"),
    ("period", "text"),
    ("starts_on", "date"),
    ("value", "double precision"),
    ("low", "double precision"),
    ("high", "double precision"),
    ("unit", "text"),
    ("n", "integer"),
    ("people", "text"),
    ("coverage", "double precision"),
    ("context", "text"),
    ("withheld", "text"),
)
_NAMES = ", ".join(name for name, _ in COLUMNS)
_TYPED = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
_GRAINS = ", ".join(f"'{grain.value}'" for grain in GRAINS)

# As `naming.name_view` says it; a test holds the two to each other.
NAME = f"""CASE WHEN length(m.slug) > {LONGEST_NAME} OR m.slug !~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'
    THEN 'm_' || left(regexp_replace(m.slug, '[^a-z0-9]+', '_', 'g'), {LONGEST_NAME - 12}) || '_' || left(md5(m.slug), 8)
    ELSE replace(m.slug, '-', '_') END || '__' || g.grain"""

# Its metrics are told to whoever may sign in, as the pages of the registry tell them.
_METRICS = f"""
CREATE OR REPLACE VIEW governed.metrics AS
SELECT m.slug AS metric, m.name::text AS name, v.document #>> '{{why,purpose}}' AS purpose, v.standing::text AS status,
    ARRAY(SELECT DISTINCT use ->> 'decision' FROM jsonb_array_elements(v.document #> '{{which_decisions,allowed}}') use ORDER BY 1) AS decisions,
    u.username::text AS owner,
    coalesce(current_setting('charter.base_url', true), '') || '/metrics/' || m.slug AS charter,
    ARRAY(SELECT {NAME} FROM unnest(ARRAY[{_GRAINS}]) AS g(grain) WHERE v.standing = 'active' AND v.grains ? g.grain ORDER BY 1) AS views
FROM registry_metric m JOIN people_user u ON u.id = m.owner_id
JOIN registry_charterversion v ON v.id = m.current_id AND v.standing IN ('active', 'pilot', 'suspended')
ORDER BY m.slug"""

_RELEASED = """
CREATE OR REPLACE FUNCTION governed.released(wanted text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $released$
DECLARE told text := current_setting('governed.' || wanted, true);
BEGIN
    IF told IS NULL OR told = '' THEN
        RAISE EXCEPTION 'nothing was released here: values are told through the SQL door, to whoever may have them'
        USING ERRCODE = 'insufficient_privilege', HINT = 'Connect to the port of manage.py sql_door.';
    END IF;
    RETURN told::jsonb;
END $released$"""

_LAY_OUT = f"""
BEGIN
    IF to_regnamespace('governed') IS NULL THEN
        CREATE SCHEMA governed;
    END IF;
    EXECUTE $once${_RELEASED}
    $once$;
    EXECUTE $once${_METRICS}
    $once$;
    REVOKE ALL ON FUNCTION governed.released(text) FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}') THEN
        GRANT USAGE ON SCHEMA governed TO {READER};
        GRANT EXECUTE ON FUNCTION governed.released(text) TO {READER};
        GRANT SELECT ON ALL TABLES IN SCHEMA governed TO {READER};
    END IF;
    PERFORM refresh_governed();
END
"""

_REFRESH = f"""
DECLARE
    told text;
    there boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}');
BEGIN
    IF to_regnamespace('governed') IS NULL THEN
        RETURN;
    END IF;
    FOR told IN
        SELECT {NAME} FROM registry_metric m
        JOIN registry_charterversion v ON v.metric_id = m.id AND v.standing = 'active'
        CROSS JOIN unnest(ARRAY[{_GRAINS}]) AS g(grain) WHERE v.grains ? g.grain
        EXCEPT SELECT viewname FROM pg_views WHERE schemaname = 'governed'
    LOOP
        EXECUTE format('CREATE VIEW governed.%I WITH (security_barrier) AS SELECT {_NAMES} FROM jsonb_to_recordset(governed.released(%L)) AS r({_TYPED})', told, told);
        IF there THEN
            EXECUTE format('GRANT SELECT ON governed.%I TO {READER}', told);
        END IF;
    END LOOP;
    FOR told IN
        SELECT viewname FROM pg_views WHERE schemaname = 'governed' AND viewname <> 'metrics'
        EXCEPT SELECT {NAME} FROM registry_metric m
        JOIN registry_charterversion v ON v.metric_id = m.id AND v.standing = 'active'
        CROSS JOIN unnest(ARRAY[{_GRAINS}]) AS g(grain) WHERE v.grains ? g.grain
    LOOP
        BEGIN
            EXECUTE format('DROP VIEW governed.%I', told);
        EXCEPTION WHEN lock_not_available THEN
            NULL; -- somebody reads it: it shows what was released, and the line releases nothing more of it
        END;
    END LOOP;
END
"""

FUNCTIONS = {
    "refresh_governed": OwnerFunction("", "void", _REFRESH),
    "lay_out_governed": OwnerFunction("", "void", _LAY_OUT),
}
