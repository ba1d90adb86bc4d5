"""Speed, as ratios in one run: the engine and the sweep against hand-written SQL and against peers (`make bench`)."""
