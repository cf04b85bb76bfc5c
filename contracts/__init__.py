"""The judge: checks a server, and the traffic of a client, against the contract."""
