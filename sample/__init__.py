"""Invented communes of any size, in the files an office would hand over, with the truth about what was planted."""
