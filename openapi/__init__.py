"""The contract of the EvoLink video API as data, and the small code that reads it.

`documents/` holds one OpenAPI document for each page, `overlays/` what the pages say only in prose, and `clauses.yaml`
every statement by its number; `compiled/` is what programs read of them. They start at `openapi.operations`.
"""
