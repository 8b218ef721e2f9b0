"""``python -m leadmc`` does what ``leadmc`` does."""

from leadmc.cli import main

main()
