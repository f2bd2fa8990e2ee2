"""The part of `./dev bench` about what lies in dist/: sizes, the installed start, kept times."""

from __future__ import annotations

import sys

from proof import start
from proof.linux import tarball
from steps.figures import keep, words_of_times
from steps.project import DIST, StepError, read_project, say
from steps.sizes import words_of_all


def main() -> int:
    """Measure and say; the exit code. Packages that are not there are no failure."""
    for line in words_of_all(DIST):
        say(line)
    try:
        project = read_project()
        if tarball(project).is_file():
            keep(start.prove(project))
        else:
            say(f"no start to measure: dist/{tarball(project).name} is not there")
    except StepError as error:
        say(str(error))
        return 1
    for line in words_of_times():
        say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
