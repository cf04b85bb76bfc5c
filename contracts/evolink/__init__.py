"""The API in a test: what the fixture `evolink` gives, and what it is made of.

`evolink.py` is what the test holds, `clock.py` its time, `money.py` and `violations.py` what its assertions look at,
and `judgement.py` what the judge says of its client. `simulator.py` opens one for a test, as `options.py` says, and
`app_control.py` is the way into it.
"""
