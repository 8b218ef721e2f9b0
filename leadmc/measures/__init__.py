"""From a cube to the figures that a board reads, each with its standard error."""
