"""The agreement as pure functions of aggregates: it does not know that it is being simulated."""
