"""What happened in a test, as people see it: a time line, a report, a line in the terminal, properties, an archive."""
