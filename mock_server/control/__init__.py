"""The control API under `/_mock/`: what a developer does to a universe that no client of the real API can do.

It is not part of the contract, and never journalled. Which universe is meant comes from the key or X-Mock-Universe;
without either, it is `default`.
"""
