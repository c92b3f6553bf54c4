"""The token issuer of the embedded mode and of the demo: a key, the demo staff, their tokens.

A production system has an OpenID provider instead; the services only read its public keys.
"""
