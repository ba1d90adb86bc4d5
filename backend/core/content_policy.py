"""Content-Security-Policy (level 3): a page may have our own files alone, and nothing written into the page itself."""

from __future__ import annotations

HEADER = "Content-Security-Policy"
_RULES = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "worker-src": "'self'", "img-src": "data:",
    "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip


def policy(**more: str) -> str:
    """What every page may have, with other rules by name (`img_src="'self'"`)."""
    rules = _RULES | {name.replace("_", "-"): value for name, value in more.items()}
    return "; ".join(f"{name} {value}" for name, value in rules.items())
