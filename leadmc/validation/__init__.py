"""Is the model right: what it says against outside facts, its forecasts against results that really happened."""
