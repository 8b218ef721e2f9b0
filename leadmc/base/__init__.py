"""What every layer may know: errors, axes, the variable registry, addressed random numbers, numba decorators."""
