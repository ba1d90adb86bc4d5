"""Figures for Prometheus: counted when asked, from PostgreSQL, so that every web process gives the same answer."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend.alerts.health import Health, look
from backend.core import clock
from backend.core.db import WHOLE, execute, scoped
from workflows.workdays import month_start

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_TODAY = """
SELECT kind, levels_up, outcome, count(*) FROM alerts_notice
WHERE month = %s AND rung_on = %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_OPEN = """
SELECT count(*), count(*) FILTER (WHERE due_on < %(today)s), count(*) FILTER (WHERE next_rung_on <= %(today)s)
FROM deadlines_deadline WHERE status = 'open'
"""
_UNDELIVERED = "SELECT count(*), extract(epoch FROM %s - min(created_at)) FROM alerts_letter WHERE outcome = 'held'"


class Figures(Collector):
    """Everything as gauges: figures of a moment, not sums since a process began."""

    def collect(self) -> Iterator[Metric]:
        health, today = look(), clock.today()
        with scoped(WHOLE):
            ((are_open, past, due),) = execute(_OPEN, {"today": today})
            ((held, age),) = execute(_UNDELIVERED, [health.at])
            notices = execute(_TODAY, [month_start(today), today])
        yield from _parts(health)
        yield _one("chibo_deadlines_open", "Open deadlines.", are_open)
        yield _one("chibo_deadlines_past", "Open deadlines after their due day.", past)
        yield _one("chibo_rungs_due", "Open deadlines with a rung due and no outcome yet.", due)
        yield _one("chibo_letters_undelivered", "Letters not yet handed over.", held)
        yield _one("chibo_letters_oldest_seconds", "Age of the oldest letter not yet handed over.", float(age or 0))
        by = GaugeMetricFamily(
            "chibo_notices_today", "Today's rungs by kind, level and outcome.", labels=("kind", "level", "outcome")
        )
        for kind, level, outcome, count in notices:
            by.add_metric((kind, str(level), outcome), count)
        yield by


def exposition() -> bytes:
    """The figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Figures())
    return generate_latest(registry)


def _parts(health: Health) -> Iterator[Metric]:
    stuck = GaugeMetricFamily("chibo_stuck", "1 where a part is stuck.", labels=("part",))
    silent = GaugeMetricFamily("chibo_silent_seconds", "Seconds since a part last moved.", labels=("part",))
    waiting = GaugeMetricFamily("chibo_waiting", "How many wait for a part.", labels=("part",))
    for part in health.parts:
        stuck.add_metric((part.key,), float(part.stuck))
        waiting.add_metric((part.key,), part.waiting)
        if part.seen_at is not None:
            silent.add_metric((part.key,), (health.at - part.seen_at).total_seconds())
    yield from (stuck, silent, waiting)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
