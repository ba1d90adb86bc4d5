"""A form made of the facts of a step: what each kind is asked by, and the JSON that what was typed comes to."""
