"""Files where all machines of a cluster can read them: whatever Hadoop's file systems reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession


def address(path: str | Path) -> str:
    """An address for Spark: a path of this machine in full, an address as it is."""
    text = str(path)
    return text if "://" in text else Path(text).absolute().as_uri()


class Files:
    """Small changes to files and folders, by their addresses."""

    def __init__(self, session: SparkSession) -> None:
        self._jvm: Any = session._jvm
        self._conf: Any = session._jsc.hadoopConfiguration()

    def exists(self, at: str) -> bool:
        """Whether there is a file or folder."""
        system, path = self._at(at)
        return bool(system.exists(path))

    def names(self, folder: str) -> list[str]:
        """The names of what is in a folder, sorted; nothing if there is none."""
        system, path = self._at(folder)
        if not system.exists(path):
            return []
        return sorted(str(status.getPath().getName()) for status in system.listStatus(path))

    def delete(self, at: str) -> None:
        """Removes a file or a folder with all that is in it, if it is there."""
        system, path = self._at(at)
        system.delete(path, True)

    def rename(self, at: str, to: str) -> None:
        """Moves a file or folder within one file system."""
        system, path = self._at(at)
        if not system.rename(path, self._at(to)[1]):
            raise OSError(f"{at} cannot be moved to {to}")

    def make_folder(self, at: str) -> None:
        """Makes a folder with all above it."""
        system, path = self._at(at)
        system.mkdirs(path)

    def write(self, at: str, text: str, *, executable: bool = False) -> None:
        """Writes a small file."""
        system, path = self._at(at)
        stream = system.create(path, True)
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()
        if executable:
            permission = self._jvm.org.apache.hadoop.fs.permission.FsPermission("755")
            system.setPermission(path, permission)

    def _at(self, address: str) -> tuple[Any, Any]:
        path = self._jvm.org.apache.hadoop.fs.Path(address)
        return path.getFileSystem(self._conf), path
