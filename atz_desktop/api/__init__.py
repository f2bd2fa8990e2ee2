"""HTTP client of the ATZ CRM API; the only package that imports httpx and pydantic.

Importing this, `errors` or `client` loads neither: the first request does.
"""
