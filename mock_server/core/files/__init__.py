"""Files: what is kept of one, what it is by its content, and what the file service refuses."""
