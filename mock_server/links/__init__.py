"""What result links show: how a link is made, and how it is answered with its file."""
