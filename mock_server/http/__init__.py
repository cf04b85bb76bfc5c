"""HTTP as this server speaks it: connections, and how the answer to one request goes out on them."""
