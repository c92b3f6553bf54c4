"""An export takes the place of a file, and of nothing else."""

import os
from pathlib import Path

import pytest
from tradecounter.csv_files.faults import BadFile
from tradecounter.csv_files.writing import writing


def test_a_pipe_or_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    """OB-1: an export to ``/dev/null`` would else put a file in its place."""
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(BadFile, match="no file that may be replaced"), writing(path, ["a"]):
            pass
    assert pipe.is_fifo()
    assert [*tmp_path.iterdir()] == [pipe]
