"""The operations of the API: what each does with a call."""
