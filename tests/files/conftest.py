"""Hypothesis without a deadline: what is timed here would be the machine."""

from hypothesis import settings

settings.register_profile("evolink", deadline=None)
settings.load_profile("evolink")
