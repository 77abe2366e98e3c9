#!/bin/bash
# One database and one role a service; no role can enter another's database.
set -euo pipefail
for service in organization physics audio ai export gateway; do
  variable="HARMONIC_${service^^}_DATABASE_PASSWORD"
  psql -v ON_ERROR_STOP=1 -v role="$service" -v password="${!variable:?is not set}" \
       --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
done
