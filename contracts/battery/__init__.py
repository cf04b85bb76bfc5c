"""A client put to the test: scenarios, each in a simulator of its own, and one verdict on all that it did in them."""
