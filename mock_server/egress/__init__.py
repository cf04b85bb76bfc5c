"""The only way out of the simulator, and what is sent and read on it."""
