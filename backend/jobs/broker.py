"""Celery's Redis transport, mended so that a worker outlives its broker.

When the broker goes away while a task is in hand, kombu 5.7 first takes the transport's client and then closes the
channel, which wants to give the task back over that client. The AttributeError is no connection error to Celery, and the
worker ends. Nothing has to be given back: what is due stands in PostgreSQL.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """A channel that calls a transport without a client a lost connection, which everybody above knows how to take."""

    def _connparams(self, *args: Any, **kwargs: Any) -> Any:
        if self.connection.client is None:
            raise ConnectionError("The broker's transport is closed.")
        return super()._connparams(*args, **kwargs)  # type: ignore[misc]  # the stubs know public names only


class Transport(redis.Transport):
    """The Redis transport with that channel (`CELERY_BROKER_TRANSPORT`)."""

    Channel = Channel
