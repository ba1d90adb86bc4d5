"""Figures for Prometheus: counted when asked, from PostgreSQL, so that every web process gives the same answer."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend.alerts.channels import CARRIERS
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
_UNDELIVERED = """
SELECT channel, count(*), extract(epoch FROM %s - min(created_at)) FROM alerts_letter WHERE outcome = 'held' GROUP BY 1
"""


class Figures(Collector):
    """Everything as gauges: figures of a moment, not sums since a process began."""

    def collect(self) -> Iterator[Metric]:
        health, today = look(), clock.today()
        with scoped(WHOLE):
            ((are_open, past, due),) = execute(_OPEN, {"today": today})
            held = {channel: (count, float(age)) for channel, count, age in execute(_UNDELIVERED, [health.at])}
            notices = execute(_TODAY, [month_start(today), today])
        yield from _parts(health)
        yield _one("chibo_deadlines_open", "Open deadlines.", are_open)
        yield _one("chibo_deadlines_past", "Open deadlines after their due day.", past)
        yield _one("chibo_rungs_due", "Open deadlines with a rung due and no outcome yet.", due)
        yield from _letters(held)
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


def _letters(held: dict[str, tuple[int, float]]) -> Iterator[Metric]:
    """Those not yet handed over, in all and by channel; one that has none is there with nothing."""
    oldest = max((age for _, age in held.values()), default=0.0)
    yield _one("chibo_letters_undelivered", "Letters not yet handed over.", sum(count for count, _ in held.values()))
    yield _one("chibo_letters_oldest_seconds", "Age of the oldest letter not yet handed over.", oldest)
    waiting = GaugeMetricFamily(
        "chibo_channel_letters", "Letters not yet handed over, by channel.", labels=("channel",)
    )
    age = GaugeMetricFamily(
        "chibo_channel_oldest_seconds", "Age of the oldest letter not yet handed over, by channel.", labels=("channel",)
    )
    for channel in CARRIERS:
        count, seconds = held.get(channel, (0, 0.0))
        waiting.add_metric((channel,), count)
        age.add_metric((channel,), seconds)
    yield from (waiting, age)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
