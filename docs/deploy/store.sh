#!/bin/sh
# One-shot: a role and a database of their own for what kantadesk keeps beside Temporal (the ledger of sent mail).
# May be run again: what is there stays, and the password is the one of the file.
set -eu
: "${PGHOST:?}" "${PGUSER:?}" "${ADMIN_PASSWORD_FILE:?}" "${STORE_PASSWORD_FILE:?}"
PGPASSWORD=$(cat "$ADMIN_PASSWORD_FILE")
export PGPASSWORD
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgres <<'SQL'
\set password `cat "$STORE_PASSWORD_FILE"`
select 'create role kantadesk' where not exists (select from pg_roles where rolname = 'kantadesk') \gexec
alter role kantadesk login nosuperuser nocreatedb nocreaterole password :'password';
select 'create database kantadesk owner kantadesk'
where not exists (select from pg_database where datname = 'kantadesk') \gexec
revoke all on database kantadesk from public;
SQL
