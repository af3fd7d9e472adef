#!/bin/sh
# Run once, when the database is empty: a role and a database for Escucha and for Prefect. Neither role has other rights.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres \
    --set store_password="$STORE_PASSWORD" --set prefect_password="$PREFECT_STORE_PASSWORD" <<'SQL'
CREATE ROLE escucha LOGIN PASSWORD :'store_password';
CREATE DATABASE escucha OWNER escucha TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE CONNECT ON DATABASE escucha FROM PUBLIC;
CREATE ROLE prefect LOGIN PASSWORD :'prefect_password';
CREATE DATABASE prefect OWNER prefect;
REVOKE CONNECT ON DATABASE prefect FROM PUBLIC;
\connect prefect
CREATE EXTENSION pg_trgm;
SQL
