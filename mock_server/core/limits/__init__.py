"""What a universe allows: requests in a minute, and tasks at once."""
