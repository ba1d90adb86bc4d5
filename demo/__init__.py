"""`make demo`: five months of a commune in three minutes, with real processes, and proof that nothing was lost."""
