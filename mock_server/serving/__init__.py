"""The simulator as a server of its own: sockets, HTTP, and what a person sees of it."""
