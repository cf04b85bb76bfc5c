"""Snapshots: a whole universe as one document, taken, read, and put into the place of another."""
