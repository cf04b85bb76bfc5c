"""Isolated worlds: the time, the luck and the rules that each lives by."""
