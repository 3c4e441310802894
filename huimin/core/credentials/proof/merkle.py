"""Merkle trees as RFC 6962 has them (Certificate Transparency): leaves and nodes are hashed apart, sizes need not be powers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()
WIDTH = 1024  # leaves of a block: a power of two, so that a block is a subtree


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over the hashes of leaves, or of subtrees of equal size of which only the last may be smaller."""
    level = list(hashes)
    if not level:
        return EMPTY
    while len(level) > 1:
        above = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = above if len(level) % 2 == 0 else [*above, level[-1]]
    return level[0]


def path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """What a leaf needs, from below, to come to the root: the hash beside it at each level that has one."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"no leaf {index} of {len(hashes)}")
    level, found = list(hashes), []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            found.append(level[beside])
        above = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = above if len(level) % 2 == 0 else [*above, level[-1]]
        index //= 2
    return found


def root_by_path(leaf: bytes, index: int, count: int, beside: Sequence[bytes]) -> bytes | None:
    """The root that a leaf's path leads to in a tree of so many leaves; None where the path is none of such a tree."""
    if not 0 <= index < count:
        return None
    found, rest = leaf, list(reversed(beside))
    last = count - 1
    while last > 0:
        if index % 2 == 1 or index < last:
            if not rest:
                return None
            other = rest.pop()
            found = node_hash(other, found) if index % 2 == 1 else node_hash(found, other)
        index //= 2
        last //= 2
    return None if rest else found


def blocks(leaves: Sequence[bytes]) -> list[bytes]:
    """The roots of the blocks of a tree, each over WIDTH leaves, the last over what remains."""
    return [root(leaves[at : at + WIDTH]) for at in range(0, len(leaves), WIDTH)]
