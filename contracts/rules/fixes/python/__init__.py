"""A client of the API that keeps the rules, in small modules: what the pages of the rules show as a fix in Python.

Nothing imports it but its tests. It needs httpx, and starlette for its receiver.
"""
