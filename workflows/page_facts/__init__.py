"""The facts of pages that ask for many."""
