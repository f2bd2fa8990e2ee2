"""HTTP client of the ATZ CRM API; the only package that imports httpx and pydantic.

Importing this, `errors` or `client` loads neither: the first request does.
"""

import sys

# httpx imports its own command line wherever click and pygments are installed, as they are with the
# sandbox: 13 ms on the way to the first activity. It copes with their absence.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: cannot be imported
