"""The pages of the law: what is in force, what a human must still confirm, what changed, and who decides."""
