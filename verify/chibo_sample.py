#!/usr/bin/env python3
"""Draws an auditor's sample again from an export of a Chibo log, without Chibo.

    python3 chibo_sample.py EXPORT SEED SIZE

EXPORT is an extract of the events that the sample was drawn from (chibo-log/1, also .gz), as the auditor's desk gives it for
the same filters and the same head; `chibo_verify.py` says whether it holds. The sample are the SIZE events whose
SHA-256(SEED followed by the event's uid, both in UTF-8) come first. Their uids are printed in the order in which they are
drawn. Exit code 2 where the file is no such export. Needs Python 3.11 or later and nothing else.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from heapq import nsmallest


def uids(path: str) -> Iterator[str]:
    """The uid of every event of the file; raises ValueError or KeyError for a file that is something else."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        kind, _, _ = file.readline().partition(b"\t")
        if kind != b"chibo-log/1":
            raise ValueError(path)
        for row in file:
            kind, _, rest = row.partition(b"\t")
            if kind == b"end":
                return
            if kind == b"e":
                _position, _beside, line = rest.split(b"\t", 2)
                yield json.loads(line.partition(b"\t")[2])["uid"]
    raise ValueError(path)


def main(argv: list[str]) -> int:
    try:
        path, seed, size = argv
        found = nsmallest(int(size), uids(path), key=lambda uid: sha256((seed + uid).encode()).digest())
    except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
        print(f"{error}\n\n{__doc__}", file=sys.stderr)
        return 2
    print("\n".join(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
