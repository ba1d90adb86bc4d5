"""Drills: the software is patched to do wrong, and a request says so at once; in the end the machine finds it by itself."""

from __future__ import annotations
