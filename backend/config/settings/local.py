"""A laptop: embedded servers, secrets generated once under .local/ (see `config.embedded.secrets`)."""

from __future__ import annotations

from backend.config import embedded, env, logs
from backend.config.settings.base import *  # noqa: F403
from backend.config.settings.base import CHIBO_PUBLIC_URL, CHIBO_ROLE
from backend.config.single import address
from backend.core import vapid

_secrets = embedded.secrets(env.local_dir())
SECRET_KEY = env.text("SECRET_KEY") or _secrets["SECRET_KEY"]
CHIBO_FIELD_KEYS = env.field_keys() or _secrets["CHIBO_FIELD_KEYS"]
CHIBO_INDEX_KEY = env.index_key() or _secrets["CHIBO_INDEX_KEY"]
if CHIBO_ROLE == "jobs":  # only the jobs seal the log; the web process never holds the key
    CHIBO_SIGNING_KEY = env.signing_key() or _secrets["CHIBO_SIGNING_KEY"]
_pair = embedded.files.keep(embedded.files.folder(env.local_dir()) / "vapid.json", vapid.new_pair)
if not (env.text(vapid.PUBLIC) or env.text(vapid.PRIVATE)):
    CHIBO_VAPID_PUBLIC_KEY = _pair[vapid.PUBLIC]
    CHIBO_VAPID_PRIVATE_KEY = _pair[vapid.PRIVATE] if CHIBO_ROLE == "jobs" else ""
CHIBO_PUBLIC_URL = env.text("CHIBO_PUBLIC_URL") or address(env.local_dir()) or CHIBO_PUBLIC_URL
CHIBO_MOVABLE_DATE = env.flag("CHIBO_MOVABLE_DATE")
CHIBO_DEMO_ACCOUNTS = True
CHIBO_REQUIRE_SECOND_FACTOR = env.flag("CHIBO_REQUIRE_SECOND_FACTOR")

logs.configure(as_json=False)
