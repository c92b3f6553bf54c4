"""The front door: one address for the five APIs, with a start page and the demo issuer's keys.

Embedded, the services are in the same process; in compose they are behind ``proxy``.
"""
