"""The ATZ CRM API over HTTP; the only package that knows httpx and pydantic.

Importing this, `errors` or `client` loads neither: that happens with the first request.
"""
