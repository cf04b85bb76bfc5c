"""One call of an operation: what came in, who calls, and what is planned for it."""
