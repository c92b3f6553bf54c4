"""Documents written from the code; ``python -m tradecounter.documents`` writes them to docs/."""
