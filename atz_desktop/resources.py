"""Where the files are that the program brings along: icons, styles, sample data."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent

# In a wheel the files travel inside the package; in a checkout and in a frozen build they lie
# beside it. Inside comes first: beside an installed package, `resources` may be somebody else's.
_PLACES: Final = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def resource(name: str) -> Path:
    """The file of that name below `resources/`, e.g. `icons/save.svg`.

    Raises FileNotFoundError, naming the places looked in, if the build left it out.
    """
    for place in _PLACES:
        if (place / name).is_file():
            return place / name
    looked_in = ", ".join(str(place) for place in _PLACES)
    raise FileNotFoundError(f"The program's own file {name} is missing; looked in {looked_in}.")
