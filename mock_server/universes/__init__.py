"""Universes, each apart from the others: the time, the luck and the rules that it lives by."""
