"""The record of what happened: exchanges as they are served, and how they are kept, shown and exported."""
