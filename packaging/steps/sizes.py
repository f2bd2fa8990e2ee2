"""How large the packages in dist/ are, and how large each may be."""

from __future__ import annotations

from pathlib import Path

from steps.project import megabytes, size_of

LIMITS = {"-Setup.exe": 25, ".deb": 37}
"""What the name of a package ends with → the most that it may have, in MB (millions of bytes)."""

NONE = "dist/ holds no packages: build them first with ./dev package linux"


def limit_of(package: Path) -> int | None:
    """The limit for this package, in MB; None if it has none."""
    return next((most for end, most in LIMITS.items() if package.name.endswith(end)), None)


def is_within(package: Path) -> bool:
    """Whether it is as small as it must be."""
    limit = limit_of(package)
    return limit is None or size_of(package) <= limit * 1_000_000


def words_of(package: Path) -> str:
    """Its size against its limit, for a person."""
    limit = limit_of(package)
    if limit is None:
        return f"{package.name}: {megabytes(package)}"
    verdict = "within" if is_within(package) else "ABOVE"
    return f"{package.name}: {megabytes(package)}, {verdict} the limit of {limit} MB"


def words_of_all(dist: Path) -> list[str]:
    """A line for each package in this folder; if there is none, how to get them."""
    packages = sorted(file for file in dist.glob("*") if file.is_file())
    return [words_of(package) for package in packages] or [NONE]
