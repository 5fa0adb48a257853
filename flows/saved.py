"""What a shard is between two runs, packed: what the engine writes at each snapshot holds up the alerts behind it."""

from __future__ import annotations

import pickle
from typing import TypedDict, cast

import pyarrow as pa

from rules.conditions import SavedConditions

_CODEC = "lz4"
_SIZE_BYTES = 8


class SavedShard(TypedDict):
    """See flows.shard.Shard."""

    shard: int
    next_position: int
    conditions: SavedConditions
    versions: dict[str, int]
    activated: int
    trail: list[tuple[int, int]]


def pack(saved: SavedShard) -> bytes:
    """Return a shard as bytes. At rest conditions are alike: packing takes less than the engine would to write all."""
    plain = pickle.dumps(saved, protocol=5)
    packed: bytes = pa.compress(plain, _CODEC, asbytes=True)
    return len(plain).to_bytes(_SIZE_BYTES, "little") + packed


def unpack(packed: bytes) -> SavedShard:
    """Return what `pack` was given."""
    size = int.from_bytes(packed[:_SIZE_BYTES], "little")
    plain = pa.decompress(packed[_SIZE_BYTES:], size, _CODEC, asbytes=True)
    # The engine, too, keeps states as pickles: a recovery folder is trusted as the code is.
    return cast(SavedShard, pickle.loads(plain))  # noqa: S301  # see above
