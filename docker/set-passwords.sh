#!/bin/sh
# Runs once, when the database folder is made, after roles.sql: the roles' passwords, and a database they share.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$CHIBO_OWNER_PASSWORD" --set app="$CHIBO_APP_PASSWORD" --set jobs="$CHIBO_JOBS_PASSWORD" <<'SQL'
ALTER ROLE chibo_owner PASSWORD :'owner';
ALTER ROLE chibo_app PASSWORD :'app';
ALTER ROLE chibo_jobs PASSWORD :'jobs';
CREATE DATABASE chibo OWNER chibo_owner;
SQL
