"""The API's small world, and people who knock at its door."""

from tests.api.conftest import as_, own_language, proposal, world

__all__ = ["as_", "own_language", "proposal", "world"]
