"""The ATZ CRM API over HTTP; the only package that knows httpx and pydantic."""
