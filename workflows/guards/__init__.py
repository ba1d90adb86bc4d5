"""Guards shared by the pages: each answers None, a Refusal that says why and what to do, or a Caution."""
