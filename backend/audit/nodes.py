"""Reading the stored subtrees: leaves stand in audit_leaf (level 0), the rest in audit_node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from django.utils.translation import gettext_noop

from backend.audit.merkle import NodeName, Nodes
from backend.core.db import execute
from backend.core.errors import ChiboError

_READ = """
SELECT w.level, w.index, coalesce(n.hash, l.hash)
FROM unnest(%s::smallint[], %s::bigint[]) AS w(level, index)
LEFT JOIN audit_node n ON n.level = nullif(w.level, 0) AND n.index = w.index
LEFT JOIN audit_leaf l ON l.position = CASE w.level WHEN 0 THEN w.index + 1 END
"""


class BrokenTree(ChiboError):
    """A subtree that must be stored is not: the log was changed by hand; `verify_log` says where."""

    code = "broken_tree"


def read_nodes(names: Sequence[NodeName]) -> Nodes:
    """The hashes of these subtrees, in one query by primary key. Raises BrokenTree when one is missing."""
    if not names:
        return {}
    rows = execute(_READ, [[level for level, _ in names], [index for _, index in names]])
    for level, index, value in rows:
        if value is None:
            said = gettext_noop("The subtree (level %(level)s, index %(index)s) of the log is missing: run verify_log.")
            raise BrokenTree(said, level=level, index=index)
    return {(level, index): bytes(value) for level, index, value in rows}


def missing_head() -> NoReturn:
    """Raises BrokenTree: nothing says how long the log is."""
    raise BrokenTree(gettext_noop("The log's head is missing: restore the database."))
