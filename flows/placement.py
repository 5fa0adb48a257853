"""Keys that make Bytewax keep a partition's source, state and sink in one process.

Bytewax gives part p of a source to worker p mod N, if every process lists all parts under names that sort like their
numbers, and a key to the worker that its hash names. With the keys below both are the same worker for every N up to 8,
so no sample leaves its process. A wrong assumption costs only speed.
"""

from __future__ import annotations

from functools import cache

# Divisible by every worker count from 1 to 8.
_WORKERS = 840
_MASK = (1 << 64) - 1


def part_name(shard: int) -> str:
    """Return the name of a source's or sink's part; names sort as their numbers do."""
    return f"{shard:04d}"


@cache
def shard_key(shard: int) -> str:
    """Return the state key of a shard. Fixed for ever: recovery state stands under it."""
    at = 0
    while siphash13(f"{shard}.{at}".encode() + b"\xff") % _WORKERS != shard % _WORKERS:
        at += 1
    return f"{shard}.{at}"


def part_of_key(key: str) -> str:
    """Return the name of the part that `key` was made for."""
    return part_name(int(key.partition(".")[0]))


def siphash13(data: bytes) -> int:
    """Return SipHash-1-3 of `data` under the zero key, as Rust's default hasher computes it.

    Source: Aumasson and Bernstein, SipHash: a fast short-input PRF (2012); one compression and three finalization
    rounds.
    """
    v0, v1, v2, v3 = 0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573
    whole = len(data) // 8 * 8
    words = [int.from_bytes(data[at : at + 8], "little") for at in range(0, whole, 8)]
    words.append(int.from_bytes(data[whole:], "little") | (len(data) & 0xFF) << 56)
    for word in words:
        v3 ^= word
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
        v0 ^= word
    v2 ^= 0xFF
    for _ in range(3):
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


def _round(v0: int, v1: int, v2: int, v3: int) -> tuple[int, int, int, int]:
    v0 = (v0 + v1) & _MASK
    v1 = _rotate(v1, 13) ^ v0
    v0 = _rotate(v0, 32)
    v2 = (v2 + v3) & _MASK
    v3 = _rotate(v3, 16) ^ v2
    v0 = (v0 + v3) & _MASK
    v3 = _rotate(v3, 21) ^ v0
    v2 = (v2 + v1) & _MASK
    v1 = _rotate(v1, 17) ^ v2
    return v0, v1, _rotate(v2, 32), v3


def _rotate(word: int, bits: int) -> int:
    return (word << bits | word >> (64 - bits)) & _MASK
