"""Addresses of pages by name, where there is such a page."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse


def address(name: str, **of: Any) -> str:
    """The address of a page; empty where there is no such page."""
    try:
        return reverse(name, kwargs=of)
    except NoReverseMatch:
        return ""
