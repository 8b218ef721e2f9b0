"""What the user brings and what leadmc assumes: configuration, people, county rates, assumptions."""
