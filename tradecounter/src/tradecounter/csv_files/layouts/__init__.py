"""The layouts: which columns a file has, and what its rows mean."""
