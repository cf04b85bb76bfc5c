"""The API on the wire: what comes in, the operations that answer it, and how the answer goes out."""
