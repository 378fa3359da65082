#!/bin/sh
# One-shot: makes both databases and brings their schemas up to this version. May be run again: what is there stays.
# Upgrades go minor version by minor version; this runs before the server of that version starts.
set -eu
: "${POSTGRES_SEEDS:?}" "${POSTGRES_USER:?}"
SQL_PASSWORD=$(cat /run/secrets/postgres_password)
export SQL_PASSWORD

prepare() {
    set -- "$1" "$2" temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -u "$POSTGRES_USER" -p 5432 --db "$1"
    folder=/etc/temporal/schema/postgresql/v12/$2/versioned
    shift 2
    "$@" create
    "$@" setup-schema -v 0.0
    "$@" update-schema -d "$folder"
}

prepare temporal temporal
prepare temporal_visibility visibility
