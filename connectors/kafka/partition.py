"""Which partition of the samples topic a well lives in: as Kafka's own clients choose it by key."""

from __future__ import annotations

from functools import lru_cache

_MASK = 0xFFFFFFFF
_SEED = 0x9747B28C
_M = 0x5BD1E995
_R = 24

# What a producer of librdkafka must be told: its own default is another hash.
PARTITIONER = "murmur2_random"


@lru_cache(maxsize=1 << 20)
def partition_of(well_id: str, partitions: int) -> int:
    """Return the partition of a well, among `partitions`: murmur2 of the key, as in Kafka's Java client."""
    return (murmur2(well_id.encode()) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """Return the 32-bit MurmurHash2 of `data` as Kafka's Java client computes it.

    Source: A. Appleby, MurmurHash2; seed as in org.apache.kafka.common.utils.Utils.
    """
    hashed = _SEED ^ len(data)
    whole = len(data) // 4 * 4
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at : at + 4], "little") * _M & _MASK
        word = (word ^ word >> _R) * _M & _MASK
        hashed = (hashed * _M & _MASK) ^ word
    if rest := data[whole:]:
        hashed = (hashed ^ int.from_bytes(rest, "little")) * _M & _MASK
    hashed = (hashed ^ hashed >> 13) * _M & _MASK
    return hashed ^ hashed >> 15
