"""A broker that goes away while a task is in hand is a lost connection to the worker, not its end."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings
from kombu import Connection, Queue
from kombu.transport import redis

import celery_app
from backend.jobs.broker import Channel, Transport


def lose(transport: type[redis.Transport]) -> None:
    """A message is in hand; then the connection is taken down as Celery's consumer does it after an error."""
    connection = Connection(settings.CELERY_BROKER_URL, transport=transport)
    channel = connection.default_channel
    name = str(uuid4())
    queue = Queue(name, channel=channel)
    queue.declare()
    connection.Producer(channel).publish("work", routing_key=name)
    assert queue.get() is not None
    channel._disconnect_pools()
    connection.transport.client = None  # Connection.collect(), after it failed to close the channel
    try:
        connection.close()
    finally:
        with Connection(settings.CELERY_BROKER_URL) as other:
            other.default_channel.queue_delete(name)


def test_the_worker_uses_the_mended_transport() -> None:
    with celery_app.app.connection_for_read() as connection:
        assert type(connection.transport) is Transport
        assert type(connection.default_channel) is Channel


def test_a_message_in_hand_does_not_hinder_the_worker_from_letting_go() -> None:
    lose(Transport)


def test_control_without_the_mend_it_is_an_error_that_ends_the_worker() -> None:
    """Once this fails, kombu has mended itself and `backend/jobs/broker.py` can go."""
    with pytest.raises(AttributeError, match="hostname"):
        lose(redis.Transport)
