"""Which addresses on the net Chibo may call for somebody: public ones, over TLS.

Whoever registers an address must not reach through Chibo what only Chibo can reach. So names are resolved here, every
address they have must be public, and the caller connects to the very address that was judged: a name that means another
one a moment later changes nothing.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop

from workflows.answers import Refusal

LONGEST = 1000
WRAPS_OTHERS = tuple(ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""IPv6 that stands for an IPv4 address elsewhere (NAT64, 6to4, Teredo), which may be a private one."""
NO_URL = Refusal(
    "target.no_url",
    gettext_noop("This is no address that Chibo can call."),
    remedy=gettext_noop("Give one like https://example.org/chibo, without a name, a password or a fragment (#)."),
    fact="url",
)
NOT_SECURE = Refusal(
    "target.not_secure",
    gettext_noop("The address must begin with https://: what is told there is nobody else's business."),
    fact="url",
)
UNKNOWN_NAME = Refusal(
    "target.unknown_name",
    gettext_noop("Nobody knows an address of “%(host)s”."),
    remedy=gettext_noop("Check the spelling; a name that is new may need some hours."),
    fact="url",
)
NOT_PUBLIC = Refusal(
    "target.not_public",
    gettext_noop("“%(host)s” is no public address; Chibo calls nothing inside its own network."),
    fact="url",
)


class Unreachable(Exception):
    """The target may not be called (`answer`); `for_good` where asking again would not help."""

    def __init__(self, answer: Refusal, *, for_good: bool) -> None:
        super().__init__(answer.code)
        self.answer, self.for_good = answer, for_good


@dataclass(frozen=True)
class Target:
    """Where to connect (`address`, `port`), and as whom to speak to it (`host` and what follows it)."""

    secure: bool
    host: str
    port: int
    netloc: str
    place: str
    address: str


def resolved(url: str) -> Target:
    """The target behind a URL, as its name stands now. Raises Unreachable."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Unreachable(NO_URL, for_good=True) from None
    strange = any(sign <= " " or sign == "\\" for sign in url) or len(url) > LONGEST or not url.isascii()
    if strange or parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.fragment:
        raise Unreachable(NO_URL, for_good=True)
    found = _addresses(host, port)
    inside = settings.CHIBO_LOOPBACK_TARGETS and all(one.is_loopback for one in found)
    if parts.scheme == "http" and not inside:
        raise Unreachable(NOT_SECURE, for_good=True)
    if not inside and not all(_is_public(one) for one in found):
        raise Unreachable(_of(NOT_PUBLIC, host), for_good=True)
    place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, parts.netloc, place, str(found[0]))


def _addresses(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(_of(UNKNOWN_NAME, host), for_good=False) from None
    return [ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def _is_public(one: IPv4Address | IPv6Address) -> bool:
    if isinstance(one, IPv6Address):
        if one.ipv4_mapped is not None:
            return _is_public(one.ipv4_mapped)
        if any(one in net for net in WRAPS_OTHERS):
            return False
    return one.is_global and not one.is_multicast


def _of(answer: Refusal, host: str) -> Refusal:
    return replace(answer, params={"host": host})
