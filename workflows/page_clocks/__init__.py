"""The clocks of pages that have many."""
