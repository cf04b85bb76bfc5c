"""The ready scenarios: one plan file each."""
