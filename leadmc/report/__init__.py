"""What people look at: figures and the self-contained page."""
