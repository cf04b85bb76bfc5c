"""The proxy by which clients whose addresses cannot be set are led here: it passes bytes on, and ends no TLS."""
