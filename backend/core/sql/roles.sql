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
