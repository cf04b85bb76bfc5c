"""What runs somebody's program: whole, within a limit, and with nothing of it left behind."""
