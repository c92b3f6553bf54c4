"""Sagas: processes across services.

``definition`` says how one reads, ``process`` what happens next (both pure), ``sagas`` begins and
cancels one inside a transaction, ``runner`` feeds it replies and timers under its row lock.
"""
