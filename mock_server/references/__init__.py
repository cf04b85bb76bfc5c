"""Reference videos: how they are reached and measured."""
