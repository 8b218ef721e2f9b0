"""The commands, one file for each kind of question; ``cli`` puts them together."""
