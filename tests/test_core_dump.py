from __future__ import annotations

import sys
from pathlib import Path

import pytest

from atz_desktop.sandbox.server import Sandbox
from tests.faults.running import Running, environment


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_no_image_of_the_memory_is_written_when_the_program_dies(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_CORE)
    if not before[1]:
        pytest.skip("there are none on this computer")
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        with (
            Sandbox(pace_limit=None) as sandbox,
            Running("atz_desktop", 42, env=environment(sandbox, tmp_path)) as program,
        ):
            assert sandbox.log.wait(1, 30)
            limits = Path(f"/proc/{program.process.pid}/limits").read_text()
            program.process.terminate()
            assert program.end() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    (line,) = (line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert line.split()[4] == "0"
