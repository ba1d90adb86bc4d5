"""For monitors: whether this process lives, whether it can serve, and figures for Prometheus."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from backend.alerts.figures import CONTENT_TYPE, exposition
from backend.core.keymark import OtherKeys

PLAIN = "text/plain; charset=utf-8"


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when this process reaches its database, else 503."""
    well = _database()
    return HttpResponse("ok\n" if well else "database away\n", status=200 if well else 503, content_type=PLAIN)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when requests can be served: the database is there and its tables are this version's; else 503.

    The broker is named and does not count: without Redis every page works, and what is due stands in PostgreSQL.
    """
    database = _database()
    migrated = database and _migrated()
    lines = {
        "database": "ok" if database else "away",
        "migrations": "ok" if migrated else "unknown" if not database else "to be applied",
        "broker": "ok" if _broker() else "away",
    }
    text = "".join(f"{name}: {said}\n" for name, said in lines.items())
    return HttpResponse(text, status=200 if migrated else 503, content_type=PLAIN)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for whoever brings the bearer token; without a token set there are none."""
    token = settings.CHIBO_METRICS_TOKEN
    if not token:
        raise Http404
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return HttpResponse("401\n", status=401, content_type=PLAIN, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OtherKeys):
        return False
    return True


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _broker() -> bool:
    try:
        with Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except RedisError:
        return False
