"""The models that are served: their pages, and what no page says of them, as data."""
