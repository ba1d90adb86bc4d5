"""`make run`: everything Chibo needs on a laptop, in one terminal, and nothing of it left when that terminal says stop.

Five processes: PostgreSQL and Redis (embedded, unless their addresses are given), web, worker and beat. What cannot
work is said in one sentence on stderr, exit code 2; a part that dies by itself takes the others down, exit code 1.
"""

from __future__ import annotations

import signal
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

from backend.config import embedded, env, faults, first_start
from backend.config.errors import ConfigurationError
from backend.config.output import reader_may_leave
from backend.config.processes import Family, Part, python
from backend.config.single import check_port, only_one
from backend.config.words import gettext as _
from backend.config.words import said

READY_SECONDS = 60
ROOT_WARNING = "You're running the worker with superuser privileges"  # known: see embedded.places


class Stop(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal: whatever is going on, stop everything now."""


def main() -> int:
    """Run until told to stop; answers the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        _check_given()
        return _run(env.number("PORT", 8000))
    except Stop:
        return 0
    except first_start.StepFailed:
        return faults.USAGE_EXIT
    except ConfigurationError as error:
        sys.stderr.write(f"{said(error)}\n")
        return faults.USAGE_EXIT


def _run(port: int) -> int:
    with only_one(env.local_dir(), port) as mine:
        check_port(port)
        _probe_given()
        _say(_beginning())
        _probe()
        first_start.prepare(_say)
        accounts = first_start.accounts()
        family = Family(mine.note)
        try:
            family.watch(_embedded())
            family.start(_parts(port))
            _wait_until_ready(family, port)
            _say(_("Chibo answers at http://localhost:%(port)s/ (Ctrl-C stops it).") % {"port": port})
            for line in accounts:
                _say(line)
            failed = family.wait()
            sentence = _("The process “%(name)s” ended by itself; everything else has been stopped too.")
            sys.stderr.write(f"{sentence % {'name': failed}}\n")
            return 1
        finally:
            _deaf()
            family.stop()


def _embedded() -> dict[str, int]:
    """The servers that were started because no address is given, by name."""
    given = all(env.text(env.database_variable(role)) for role in env.ROLES)
    return embedded.processes(env.local_dir(), postgres=not given, redis=not env.text("REDIS_URL"))


def _parts(port: int) -> list[Part]:
    public = env.text("CHIBO_PUBLIC_URL", f"http://localhost:{port}")
    web = env.child(CHIBO_ROLE="app", CHIBO_PUBLIC_URL=public)
    jobs = env.child(CHIBO_ROLE="jobs", CHIBO_PUBLIC_URL=public)
    celery = ("celery", "--app", "celery_app", "--quiet")
    schedule = str(env.local_dir() / "beat-schedule")
    return [
        Part(
            "web",
            python(
                *("gunicorn", "backend.config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"),
                *("--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"),
            ),
            web,
        ),
        Part(
            "worker", python(*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", mute=ROOT_WARNING), jobs
        ),
        Part("beat", python(*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"), jobs),
    ]


def _check_given() -> None:
    """Settings that would otherwise be read when half of Chibo is up already."""
    first_start.with_sample()
    env.field_keys()
    env.index_key()


def _probe_given() -> None:
    """The servers whose addresses are given, before a word of starting anything: a slip in an address is told first."""
    if address := env.text("REDIS_URL"):
        faults.probe_redis(address)
    for role in env.ROLES:
        variable = env.database_variable(role)
        if address := env.text(variable):
            faults.probe_database(address, variable)


def _beginning() -> str:
    given = {"PostgreSQL": env.text("DATABASE_URL"), "Redis": env.text("REDIS_URL")}
    ours = ", ".join(name for name, address in given.items() if not address)
    if not ours:
        return _("Using the PostgreSQL and the Redis whose addresses are given …")
    return _("Starting %(servers)s …") % {"servers": ours}


def _probe() -> None:
    """Both servers, and PostgreSQL for each role, before anything is started that would only fail in its log."""
    faults.probe_redis(env.services().redis_url)
    for role in env.ROLES:
        faults.probe_database(env.services_for(role).database_url, env.database_variable(role))


def _wait_until_ready(family: Family, port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while not family.failed() and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except urllib.error.HTTPError:
            return  # it answers, if only to say that one must sign in
        except OSError:
            time.sleep(0.1)
        else:
            return


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def _deaf() -> None:
    """Stopping is under way and takes seconds; a second Ctrl-C must not interrupt it half-way."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    with reader_may_leave():
        sys.exit(main())
