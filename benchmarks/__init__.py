"""What the simulator costs, measured side by side in one run (`make bench`)."""
