"""What an order costs, on real servers: ``python -m bench``.

Three parts alternate in rounds, so that their ratios hold on a machine that does other things too:
the floor (``floor``), the step path and the one-call path (``orders``). README.md says what is
measured and how.
"""
