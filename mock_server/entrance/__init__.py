"""The way in for clients that have the API's address written in themselves: HTTPS, trust, variables."""
