"""Results with labels: the cube of scenarios, its store, and the directory and manifest of a run."""
