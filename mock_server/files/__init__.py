"""The file service: uploads by three ways, lists, quotas, receipts, and the links by which files are fetched."""
