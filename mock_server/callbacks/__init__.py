"""Callbacks: when one is due, what is posted, and when it is tried again."""
