"""Callbacks: where one may go, what is sent, and when it is tried again."""
