"""How fast leadmc is, and against what: the layout of airspeed velocity (asv), and ``run`` for a table of today."""
