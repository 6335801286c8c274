"""The journal of a packing: which shards are done, with a checksum each, one JSON line a shard.

A line is appended once its shard's pixels are on the disk. The checksum still decides whether they
are believed when the packing goes on, and a line that was torn by a crash is dropped, with its
shard done again.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from hpa_core.files import explained_os_errors


@dataclass(frozen=True, kw_only=True)
class SampleRecord:
    """What became of one sample.

    Attributes:
        stamps: size in bytes and time of change in ns, of each of its four files (8 numbers).
        sha256: of the images (`images.content_hash`); empty where it was refused.
        sixteen_bit: whether a channel was scaled from 16 bit.
        file_side: pixels a side of its files; 0 where it was refused.
        file: the file at fault, where it was refused.
        reason: why it was refused.
    """

    stamps: tuple[int, ...]
    sha256: str = ""
    sixteen_bit: bool = False
    file_side: int = 0
    file: str = ""
    reason: str = ""

    @property
    def refused(self) -> bool:
        """Whether its row holds no pixels."""
        return bool(self.reason)


@dataclass(frozen=True)
class ShardRecord:
    """What became of a shard's samples, in order, and a checksum over all its pixels."""

    shard: int
    samples: tuple[SampleRecord, ...]
    checksum: str


def append_record(path: Path, record: ShardRecord) -> None:
    """Add one shard to the journal.

    Raises:
        WorkspaceError: the disk is full.
    """
    with explained_os_errors(path), path.open("ab") as file:
        file.write(b"\n" + json.dumps(asdict(record)).encode())


def read_journal(path: Path) -> dict[int, ShardRecord]:
    """Read the shards that were done; none if there is no journal. The last line of a shard counts.

    Every record begins a line of its own, so that a torn one spoils only itself.
    """
    if not path.exists():
        return {}
    records = (_record(line) for line in path.read_bytes().split(b"\n"))
    return {record.shard: record for record in records if record}


def _record(line: bytes) -> ShardRecord | None:
    try:
        values = json.loads(line)
        samples = tuple(
            SampleRecord(**{**sample, "stamps": tuple(sample["stamps"])})
            for sample in values["samples"]
        )
        return ShardRecord(values["shard"], samples, values["checksum"])
    except (ValueError, KeyError, TypeError):
        return None
