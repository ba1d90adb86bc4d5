-- The three roles of Chibo. Run once by a superuser (the embedded server and compose do it);
-- passwords are set by the operator. See docs/operations.md.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chibo_owner') THEN
    CREATE ROLE chibo_owner LOGIN CREATEDB NOSUPERUSER;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chibo_app') THEN
    CREATE ROLE chibo_app LOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chibo_jobs') THEN
    CREATE ROLE chibo_jobs LOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
END $$;
-- The owner may step down into either role (tests and operator commands do), never the other way round.
GRANT chibo_app, chibo_jobs TO chibo_owner;
-- A job that does what an office asked steps down to the application's role for it, behind its walls (core.db.as_application);
-- it inherits nothing from it.
ALTER ROLE chibo_jobs NOINHERIT;
GRANT chibo_app TO chibo_jobs;
-- What a statement carries (names, days of birth, addresses) stands in no log of the server, neither when it fails nor as the
-- detail of its error ("Failing row contains …"). Only a superuser may set these; they hold from a role's next connection on.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['chibo_owner', 'chibo_app', 'chibo_jobs'] LOOP
    EXECUTE format('ALTER ROLE %I SET log_min_error_statement = panic', name);
    EXECUTE format('ALTER ROLE %I SET log_error_verbosity = terse', name);
  END LOOP;
END $$;
