"""The error of a setting that cannot work; here, and not in env.py, so that the embedded servers can raise it too."""


class ConfigurationError(Exception):
    """A setting that cannot work; the message is one sentence that says what to change."""
