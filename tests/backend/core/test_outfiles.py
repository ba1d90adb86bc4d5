"""Files that commands write: over nothing else, whole or not at all, and what was there stays where anything fails."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core.outfiles import Occupied, OutFile, json_object

ours = json_object("figures", "on")
EARLIER = '{"figures": [], "on": "2026-11-01"}'


def breaking_off() -> Iterator[str]:
    yield "half of it\n"
    raise RuntimeError("the database went away")


def test_what_fails_half_way_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    old.write_text(EARLIER)
    for path in (new, old):
        with pytest.raises(RuntimeError, match="went away"):
            OutFile(path, ours).write(breaking_off())
    assert old.read_text() == EARLIER
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_an_earlier_one_an_empty_one_and_the_end_of_a_link_are_replaced(tmp_path: Path) -> None:
    earlier, empty, link = tmp_path / "earlier", tmp_path / "empty", tmp_path / "link"
    earlier.write_text(EARLIER)
    empty.touch(mode=0o640)
    link.symlink_to(earlier)
    for path in (earlier, empty, link):
        assert OutFile(path, ours).write(["a\n", "b\n"]) == 2
        assert path.read_text() == "a\nb\n"
        earlier.write_text(EARLIER)
    assert link.is_symlink()
    assert empty.stat().st_mode & 0o777 == 0o640
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("content", [b"notes", b"\xff\xfe", b"[]", b'{"figures": []}', b"[" * 100_000])
def test_anything_else_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(Occupied, match="file is there already and nothing that this command wrote: name another file"):
        OutFile(path, ours)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"%PDF old")
    assert OutFile(path, lambda content: content.startswith(b"%PDF")).write([b"%PDF\xff\r\n", b"\x00"]) == 2
    assert path.read_bytes() == b"%PDF\xff\r\n\x00"


def test_folders_and_what_lies_in_none_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    for path, error in ((tmp_path, IsADirectoryError), (tmp_path / "no" / "file", FileNotFoundError)):
        with pytest.raises(error):
            OutFile(path, ours)
    with pytest.raises(OSError, match="too long"):
        OutFile(tmp_path / ("x" * 300), ours)
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_and_the_output_itself_are_written_to_as_they_are(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    OutFile(pipe, ours).write(["through\n"])
    assert os.read(reader, 100) == b"through\n"
    os.close(reader)
    OutFile(Path("/dev/stdout"), ours).write(["shown\n"])
    OutFile(Path("/dev/null"), ours).drop()
    assert capfd.readouterr().out == "shown\n"
    assert Path("/dev/null").is_char_device()


def test_a_file_in_place_is_written_though_its_folder_cannot_be_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on some folders of a network."""
    real = os.fsync

    def refusing(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", refusing)
    assert OutFile(tmp_path / "file", ours).write(["a\n"]) == 1
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "a\n")]


def test_what_tells_of_people_is_for_its_owner_alone_also_over_an_open_one(tmp_path: Path) -> None:
    private, open_one = tmp_path / "private", tmp_path / "open"
    for _ in range(2):
        OutFile(private, lambda content: content == b"x", private=True).write(["x"])
        assert private.stat().st_mode & 0o777 == 0o600
        private.chmod(0o644)
    OutFile(open_one, lambda _: False).write(["x"])
    assert open_one.stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now
