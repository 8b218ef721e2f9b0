"""What happens to the world: one function per driver, their dependence, and the sampler."""
