"""The rules of the platform as pure functions over frozen facts.

Nothing in here reads a clock, rolls dice, opens a file or a socket: the time, a source of random numbers and compiled
validators come in as arguments. That is why every rule can be checked by a property, and why one seed gives the same
ids, times and luck in every run.
"""
