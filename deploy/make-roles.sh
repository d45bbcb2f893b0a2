#!/bin/sh
# Run once by the database's image, as its superuser: the owner who migrates, the role that everything else runs as, and the one that
# reads governed views for dashboards.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
    --set owner="$OWNER_PASSWORD" --set runtime="$RUNTIME_PASSWORD" --set governed="$GOVERNED_PASSWORD" <<'SQL'
CREATE ROLE mc_owner LOGIN PASSWORD :'owner';
CREATE ROLE mc_runtime LOGIN PASSWORD :'runtime';
CREATE ROLE mc_governed LOGIN NOINHERIT PASSWORD :'governed';
ALTER DATABASE metric_charter OWNER TO mc_owner;
REVOKE ALL ON DATABASE metric_charter FROM PUBLIC;
GRANT CONNECT ON DATABASE metric_charter TO mc_runtime, mc_governed;
SQL
