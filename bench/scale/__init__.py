"""What searching, quoting and reserving cost, and that they stay flat however many rows there are.

``python -m bench.scale`` fills the databases of running services to each size in turn and asks
through the public APIs, as staff do.
"""
