"""The month's meeting on one page: who was there, dues, minutes; each recorded where it always is, once."""
