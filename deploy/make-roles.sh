#!/bin/sh
# Run once by the database's image, as its superuser: the owner who migrates, and the role that everything else runs as.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
    --set owner="$OWNER_PASSWORD" --set runtime="$RUNTIME_PASSWORD" <<'SQL'
CREATE ROLE mc_owner LOGIN PASSWORD :'owner';
CREATE ROLE mc_runtime LOGIN PASSWORD :'runtime';
ALTER DATABASE metric_charter OWNER TO mc_owner;
SQL
