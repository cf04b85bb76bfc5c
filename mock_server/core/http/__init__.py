"""What HTTP says: URLs, addresses, dates, and the parts of a file."""
