"""Keys that keep a shard in one process: they rest on a hash that must be the engine's, and never change."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest

from flows.placement import part_name, part_of_key, shard_key, siphash13

SIZES = [*range(70), 255, 256, 257, 1000]


def messages() -> list[bytes]:
    rng = random.Random(13)
    return [rng.randbytes(size) for size in SIZES if size]


def test_that_the_hash_is_pythons_own_of_bytes_under_the_zero_key() -> None:
    # From 3.11 on Python hashes bytes by SipHash-1-3; PYTHONHASHSEED=0 is the zero key. (Of b"" it takes 0.)
    program = "import sys; print(sys.hash_info.algorithm, *(hash(bytes.fromhex(m)) for m in sys.stdin.read().split()))"
    said = subprocess.run(
        [sys.executable, "-c", program],
        input="\n".join(message.hex() for message in messages()),
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    algorithm, *hashes = said.stdout.split()
    assert algorithm == "siphash13"
    assert [siphash13(message) for message in messages()] == [int(hash_) % 2**64 for hash_ in hashes]


@pytest.mark.parametrize(
    "data, expected",
    [
        (b"", 0xD1FBA762150C532C),
        (b"0.244\xff", 0xE3BC50EAC2AD0D10),
        (b"7.0\xff", 0x9B87453D827C9688),
    ],
)
def test_that_the_hash_never_changes(data: bytes, expected: int) -> None:
    assert siphash13(data) == expected


def test_that_the_key_of_a_shard_never_changes() -> None:
    # Recovery state stands under it.
    assert [shard_key(shard) for shard in (0, 1, 2, 3, 839, 840, 9999)] == [
        "0.244",
        "1.967",
        "2.1388",
        "3.1316",
        "839.1357",
        "840.101",
        "9999.303",
    ]


@pytest.mark.parametrize("workers", range(1, 9))
def test_that_the_engine_gives_a_part_and_its_key_to_the_same_worker(workers: int) -> None:
    for shard in range(100):
        assert siphash13(shard_key(shard).encode() + b"\xff") % workers == shard % workers


def test_that_the_key_is_the_first_that_fits() -> None:
    for shard in (0, 5):
        number = int(shard_key(shard).partition(".")[2])
        fits = [at for at in range(number + 1) if siphash13(f"{shard}.{at}".encode() + b"\xff") % 840 == shard % 840]
        assert fits == [number]


def test_that_names_of_parts_sort_as_their_numbers_do() -> None:
    shards = [*range(0, 10_000, 7)]
    assert sorted(map(part_name, shards)) == [part_name(shard) for shard in shards]
    assert len({*map(part_name, shards)}) == len(shards)


def test_that_a_key_says_which_part_it_was_made_for() -> None:
    for shard in (0, 7, 42, 1234):
        assert part_of_key(shard_key(shard)) == part_name(shard)
