"""Replays a retailer's invoices, in the layout of the public "Online Retail" data, as orders.

``rows`` reads the file, ``plan`` decides what it means (both pure), ``countries`` gives each
country a site and a plainly synthetic address, ``replay`` places the orders over the public HTTP
API, and ``report`` says what came of it.
"""
