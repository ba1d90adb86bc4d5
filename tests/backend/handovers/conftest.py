from tests.installations import receiver, sender

__all__ = ["receiver", "sender"]
