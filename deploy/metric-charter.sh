#!/bin/sh
# manage.py as the user that runs, told what its processes are told: `metric-charter doctor`. For root.
# `as-owner COMMAND` also tells the owner's address of the database, which migrate, upgrade and backup need; `as-drill COMMAND` those of
# a database and a folder beside the ones at work, to restore into.
set -eu
as=
case "${1:-}" in as-owner | as-drill) as=$1 && shift ;; esac
set -a
. /etc/metric-charter/environment
if [ "$as" ]; then . /etc/metric-charter/owner.environment; fi
if [ "$as" = as-drill ]; then
    DATABASE_URL=${DATABASE_URL}_drill
    DATABASE_OWNER_URL=${DATABASE_OWNER_URL}_drill
    VAR_DIR=/var/lib/metric-charter-drill
fi
if [ "$as" ] && [ "${1:-}" = migrate ]; then DATABASE_URL=$DATABASE_OWNER_URL; fi
set +a
umask 077
cd /opt/metric-charter
exec setpriv --reuid metric-charter --regid metric-charter --clear-groups .venv/bin/python manage.py "$@"
