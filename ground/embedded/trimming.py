"""What PostgreSQL shows or lends to every role, and takes no owner to take away: a superuser does it, once a database.

How many rows tables have and when they were written, who is connected and what waits tell of appeals and ballots; locks that anybody
may take hold up a suspension; functions that run a text as SQL get round whoever parses it. What drivers read of the catalogs stays.
"""

from typing import Any

import psycopg

# Views and tables of pg_catalog that no driver needs.
RELATIONS = r"^pg_(stat|locks$|prepared_|shadow|user|group|roles$|seclabel|replication_|largeobject|statistic|cursors$|file_|hba_|ident_|shmem_|backend_|config$|aios$|wait_events$|timezone_|db_role_setting|shdepend|depend$|init_privs|default_acl|parameter_acl|auth_members|subscription|shdescription|default_acl|publication$|policies$|rules$)"
# Settings of a session stay: JDBC reads one before it lists the keys of a table, and PostgreSQL hides from others what is a superuser's.
# Functions by name: of sizes and statistics, locks, large objects, sleeping, messages, signals, and those that read a text as SQL.
FUNCTIONS = r"^(pg_(stat|.*_size$|relation_|table_size|database_size|tablespace_size|(try_)?advisory_(xact_)?lock|sleep|notify|listening|ls_|cancel_backend|terminate_backend|lock_status|isolation|safe_snapshot|blocking_pids|export_snapshot|snapshot_|current_xact|xact_|last_committed|visible_in|control_|get_functiondef|get_wal|walfile|prepared_|show_(?!all_settings$)|hba_|ident_|get_shmem|config$|get_backend|log_backend|column_size|logical_|replication_|create_|drop_|copy_|get_multixact)|lo_|lo|loread|lowrite|has_.*_setting|(query|cursor|table|schema|database)_to_xml.*|ts_stat|ts_rewrite|txid_|currtid|brin_|gin_clean|set_config_by|inet_client_port)"
# Of pg_class: how much there is of everything, which says how many appealed.
COUNTS = ("relpages", "reltuples", "relallvisible", "relallfrozen", "relfrozenxid", "relminmxid")

_COUNTED = ", ".join(f"'{name}'" for name in COUNTS)
_TRIMMING = rf"""
DO $trim$
DECLARE
    each record;
    ours text := '{{roles}}';
BEGIN
    FOR each IN SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace
        AND relkind IN ('r', 'v') AND relname ~ '{RELATIONS}' LOOP
        EXECUTE format('REVOKE ALL ON pg_catalog.%I FROM PUBLIC', each.relname);
        IF each.relname NOT IN ('pg_shadow', 'pg_authid', 'pg_statistic', 'pg_subscription', 'pg_user_mapping', 'pg_largeobject',
                'pg_statistic_ext_data', 'pg_hba_file_rules', 'pg_ident_file_mappings', 'pg_file_settings') THEN
            EXECUTE format('GRANT SELECT ON pg_catalog.%I TO %s', each.relname, ours);
        END IF;
    END LOOP;
    FOR each IN SELECT oid::regprocedure::text AS called FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
        AND prokind = 'f' AND proname ~ '{FUNCTIONS}'
        AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0)) LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', each.called);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', each.called, ours);
    END LOOP;
    EXECUTE 'REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC';
    EXECUTE format('GRANT SELECT ON pg_catalog.pg_class TO %s', ours);
    EXECUTE format('GRANT SELECT (%s) ON pg_catalog.pg_class TO PUBLIC', (
        SELECT string_agg(attname, ', ') FROM pg_attribute WHERE attrelid = 'pg_catalog.pg_class'::regclass
        AND attname NOT IN ({_COUNTED}, 'tableoid', 'cmax', 'xmax', 'cmin', 'ctid') AND NOT attisdropped
    ));
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_show_all_settings() TO PUBLIC; -- an earlier form of this took it away
END $trim$
"""


def make_trimming(roles: str) -> str:
    """What a superuser runs once a database; it gives to these roles, quoted and by commas, what it takes from everybody."""
    return _TRIMMING.replace("{roles}", roles.replace("'", "''")).strip() + ";\n"


def is_trimmed(connection: psycopg.Connection[Any], role: str) -> bool:
    """Whether it was done in this database."""
    found = connection.execute(
        "SELECT has_column_privilege(%s, 'pg_catalog.pg_class', 'reltuples', 'SELECT') "
        "OR NOT has_function_privilege(%s, 'pg_catalog.pg_show_all_settings()', 'EXECUTE')",
        [role, role],
    ).fetchone()
    return found is not None and not found[0]
