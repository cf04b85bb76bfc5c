"""The life of a task: planned when it is created, moved by a hand, paid for, and how it can fail."""
