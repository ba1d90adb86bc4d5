"""What ends when an account is set anew or signed out everywhere: the calendar's address, and browsers that take notices."""

from __future__ import annotations

from backend.contacts.models import CalendarAddress, Device


def end_all(user_id: int) -> int:
    """In the caller's transaction, which has named the person; the entry that ends the sessions tells of it. How many.

    Who finds a phone reads the calendar and the notices there as well.
    """
    calendars, _of = CalendarAddress.objects.filter(user_id=user_id).delete()
    devices, _of = Device.objects.filter(user_id=user_id).delete()
    return calendars + devices
