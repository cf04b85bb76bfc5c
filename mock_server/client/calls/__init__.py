"""The calls of the control API's operations, one function each: it takes what a client's method takes.

The modules are drawn by docs/draw.py, one for each module of `mock_server/control/` that has operations.
"""
