"""docker-compose.yml and Dockerfile, checked as text: there may be no Docker engine at hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.config.embedded.postgres import TUNING

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def settings_in_example() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_the_seven_services_are_there() -> None:
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "worker", "beat", "mailpit"}
    assert SERVICES["postgres"]["image"] == "postgres:18"


def test_the_log_of_the_database_keeps_no_words_of_a_statement_that_failed() -> None:
    """roles.sql says so too, but runs only where the folder of the database is made."""
    quiet = {name: TUNING[name] for name in ("log_min_error_statement", "log_error_verbosity")}
    said = [word for pair in quiet.items() for word in ("-c", "=".join(pair))]
    assert SERVICES["postgres"]["command"] == ["postgres", *said]
    assert quiet == {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}


def test_every_variable_stands_in_the_example() -> None:
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert len(used) > 15
    assert used - settings_in_example() == set()


def test_every_setting_read_stands_in_the_example() -> None:
    pattern = re.compile(r"env\.(?:text|flag|number)\(\s*\"([A-Z_]+)\"")
    sources = [*(ROOT / "backend").rglob("*.py")]
    read = {name for path in sources for name in pattern.findall(path.read_text())} - {"PYTEST_XDIST_WORKER"}
    assert len(read) > 15
    assert read - settings_in_example() == set()


NOT_FOR_THE_CONTAINERS = {
    "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_JOBS_URL", "REDIS_URL",  # made of the passwords
    "CHIBO_ROLE",  # each container's own
    "CHIBO_STATIC_ROOT",  # the image's own
    "CHIBO_LOCAL_DIR", "CHIBO_SAMPLE", "CHIBO_MOVABLE_DATE", "CHIBO_REQUIRE_SECOND_FACTOR",  # a laptop's
}  # fmt: skip


def test_every_setting_of_the_example_reaches_a_container() -> None:
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert settings_in_example() - used == NOT_FOR_THE_CONTAINERS


ONLY = {
    "CHIBO_SIGNING_KEY": {"worker", "beat"}, "CHIBO_SIGNING_KEY_FILE": {"worker", "beat"},
    "CHIBO_HEADS_DIR": {"worker", "beat"}, "CHIBO_TSA_URL": {"worker", "beat"}, "CHIBO_TSA_CERTS": {"worker", "beat"},
    "CHIBO_VAPID_PRIVATE_KEY": {"worker", "beat"}, "CHIBO_TRUSTED_PROXIES": {"web"},
    "CHIBO_WATCH_SECONDS": {"web"}, "CHIBO_METRICS_TOKEN": {"web"},
}  # fmt: skip
"""Settings that not every process reads."""


def test_every_setting_reaches_the_processes_that_read_it() -> None:
    """The web watches the jobs and writes to the administrators: it needs the mail server and the jobs' intervals."""
    pattern = re.compile(r"env\.(?:text|flag|number)\(\s*\"([A-Z_]+)\"")
    settings = ROOT / "backend" / "config" / "settings"
    read = {name for file in ("base.py", "production.py") for name in pattern.findall((settings / file).read_text())}
    read = read - NOT_FOR_THE_CONTAINERS | {
        "CHIBO_LANGUAGE", "CHIBO_FIELD_KEYS", "CHIBO_INDEX_KEY", "CHIBO_VAPID_PUBLIC_KEY", "CHIBO_VAPID_PRIVATE_KEY",
        "CHIBO_VAPID_CONTACT",
    }  # fmt: skip
    assert {"EMAIL_HOST", "CHIBO_QUIET_FROM", "CHIBO_STUCK_SECONDS", "CHIBO_LOG_KEYS"} <= read
    for setting in read:
        holders = {name for name in OURS if setting in SERVICES[name]["environment"]}
        assert holders == ONLY.get(setting, set(OURS)), setting


@pytest.mark.parametrize("name", OURS)
def test_a_default_is_the_examples(name: str) -> None:
    """Whoever leaves a setting out gets what .env.example shows; an empty one there is the container's own."""
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    for setting, value in SERVICES[name]["environment"].items():
        default = re.fullmatch(r"\$\{" + setting + r":-(.*)\}", str(value))
        if default and example[setting]:
            assert default[1] == example[setting], setting


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    secret = re.findall(r"\$\{([A-Z_]*(?:PASSWORD|SECRET|KEY|KEYS))(?![A-Z_])([^}]*)\}", text)
    # the seed may come in a file (production asks for one of the two); a relay may need no password; the log's earlier keys
    # are public, and most have none; without VAPID's, no web push
    without = {
        "CHIBO_SIGNING_KEY",
        "EMAIL_HOST_PASSWORD",
        "CHIBO_LOG_KEYS",
        "CHIBO_VAPID_PUBLIC_KEY",
        "CHIBO_VAPID_PRIVATE_KEY",
    }
    assert {name for name, rest in secret if rest != ":?"} == without
    example = (ROOT / ".env.example").read_text()
    assert re.findall(r"^(?:\w*(?:PASSWORD|SECRET_KEY|_KEYS?))=(.+)$", example, re.MULTILINE) == []


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_service_is_watched_or_runs_once(name: str) -> None:
    service = SERVICES[name]
    if name == "migrate":
        assert service["restart"] == "no"
    else:
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_service_is_not_root(name: str) -> None:
    assert SERVICES[name]["user"] not in {"root", "0", 0}


def test_published_ports_stay_on_the_machine() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_each_process_has_its_role_and_only_the_jobs_sign() -> None:
    roles = {name: SERVICES[name]["environment"]["CHIBO_ROLE"] for name in OURS}
    assert roles == {"migrate": "owner", "web": "app", "worker": "jobs", "beat": "jobs"}
    holds = lambda word: {name for name in OURS if word in SERVICES[name]["environment"]}  # noqa: E731 - two uses
    assert holds("CHIBO_SIGNING_KEY") == {"worker", "beat"}
    assert holds("DATABASE_OWNER_URL") == {"migrate"}


def test_web_and_jobs_wait_for_the_migration() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_database_orders_by_code_point_and_makes_the_roles() -> None:
    postgres = SERVICES["postgres"]
    assert "--locale=C.UTF-8" in postgres["environment"]["POSTGRES_INITDB_ARGS"]
    scripts = [volume.split(":")[0] for volume in postgres["volumes"] if "initdb.d" in volume]
    assert scripts == ["./backend/core/sql/roles.sql", "./docker/set-passwords.sh"]
    assert all((ROOT / script).is_file() for script in scripts)
    assert (ROOT / scripts[1]).stat().st_mode & 0o111


def test_commands_name_what_exists() -> None:
    assert (ROOT / "manage.py").is_file()
    assert SERVICES["migrate"]["command"] == ["python", "manage.py", "migrate"]
    assert all(SERVICES[name]["command"][:3] == ["celery", "--app", "celery_app"] for name in ("worker", "beat"))
    assert (ROOT / "celery_app.py").is_file()
    assert '"gunicorn", "backend.config.wsgi"' in DOCKERFILE


def test_image_installs_pins_with_hashes_and_drops_root() -> None:
    assert "--require-hashes -r requirements.txt" in DOCKERFILE
    assert re.search(r"^FROM python:3\.1[123]-slim", DOCKERFILE, re.MULTILINE)
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
    assert users == ["10001"]
    assert DOCKERFILE.index("collectstatic") < DOCKERFILE.index("USER 10001") < DOCKERFILE.index("CMD")
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".local", ".git"} <= set(ignored)


def test_scans_are_read_where_they_are_served_and_where_they_are_erased() -> None:
    """The folder that .env.example names is a volume of both, made for the user that both run as."""
    assert {name for name in SERVICES if "scans:/scans" in SERVICES[name].get("volumes", [])} == {"web", "migrate"}
    assert "install -d -o 10001 -m 700 /scans" in (ROOT / "Dockerfile").read_text()
    assert "In Docker Compose: /scans" in (ROOT / ".env.example").read_text()
