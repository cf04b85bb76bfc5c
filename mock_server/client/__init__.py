"""The control API from Python: `Control`, and `AsyncControl` for coroutines.

What the two can do is drawn from the table of the API's operations: a function for each that writes its call
(`calls/`), and of each function a method for either client (`methods.py`), made by `sending.py`. How a call is written
and its answer read is said once (`call.py`), and each class only sends (`control.py`).
"""

from mock_server.client.call import ControlError
from mock_server.client.control import AsyncControl, Control

__all__ = ["AsyncControl", "Control", "ControlError"]
