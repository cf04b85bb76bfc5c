"""What is known of a model: read from files, in layers, with the rules for its references."""
