"""What happens to each person: random streams, float32 maths, one person-year, the loop, the sweep over chunks."""
