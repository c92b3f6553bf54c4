"""Import and export of customers, products, prices and stock as CSV, over the public HTTP API.

A file is read as records (``records``), these as rows under the header's columns (``rows``), rows
as items in a layout (``layouts``), items as numbered batches (``batches``), which are sent a few at
a time (``sending``). Each stage takes and gives an iterator, so a file of any length needs the
memory of the batches under way; what is wrong with a row is a ``RowError`` that flows along.
"""
