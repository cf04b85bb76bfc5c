"""What happened in a test, as people see it: a time line, a page, a line in the terminal, properties and an archive."""
