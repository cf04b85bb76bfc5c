"""What runs a client, and what stands at the other end of its wires."""
