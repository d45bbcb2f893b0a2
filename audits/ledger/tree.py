"""The Merkle tree of the log: hashes, proofs and their checks after RFC 9162 section 2.1. Pure: bytes in, bytes out.

Hashes are 32 bytes of SHA-256. What a tree of a million entries needs of them it asks of a `Nodes`, so that a proof reads a
few tiles and never the log. Imports nothing of ours, so that whoever checks the log takes this one file along.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

# The hash of the full subtree of 2**level leaves that begins at leaf index * 2**level.
Nodes = Callable[[int, int], bytes]


class ProofWrong(ValueError):
    """A proof that does not show what it is handed in for: somebody's log, receipt or copy is not what it says."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry), the hash of a leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), the hash of two subtrees (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes; of none, the hash of nothing (RFC 9162, 2.1.1)."""
    return root_of(len(hashes), _nodes_over(hashes))


def inclusion_proof(hashes: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """The path from leaf `index` to the root over the first `size` leaf hashes, its sibling first (RFC 9162, 2.1.3.1).

    Raises ValueError where the leaf is not among them, or there are fewer.
    """
    _check_size(size, len(hashes))
    return prove_inclusion(index, size, _nodes_over(hashes))


def consistency_proof(hashes: Sequence[bytes], old: int, new: int) -> list[bytes]:
    """What shows that the first `new` leaf hashes begin with the first `old` (RFC 9162, 2.1.4.1).

    Empty where the one is empty or both are the same. Raises ValueError where `old` is the larger, or there are fewer hashes.
    """
    _check_size(new, len(hashes))
    return prove_consistency(old, new, _nodes_over(hashes))


def root_of(size: int, nodes: Nodes) -> bytes:
    """The root of a tree of `size` leaves."""
    return _range_hash(0, size, nodes) if size else EMPTY_ROOT


def prove_inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """As `inclusion_proof`, over the nodes of a stored tree."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    first, end, path = 0, size, []
    while end - first > 1:
        middle = first + _largest_power_below(end - first)
        if index < middle:
            path.append(_range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(_range_hash(first, middle, nodes))
            first = middle
    return path[::-1]


def prove_consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """As `consistency_proof`, over the nodes of a stored tree."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves cannot come before one of {new}")
    if old in (0, new):
        return []
    first, end, path = 0, new, []
    while old != end:
        middle = first + _largest_power_below(end - first)
        if old <= middle:
            path.append(_range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(_range_hash(first, middle, nodes))
            first = middle
    # Who checks it knows the old root already, so a subtree that is the whole old tree is not said.
    return [*([_range_hash(first, end, nodes)] if first else []), *path[::-1]]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofWrong unless the leaf hash `leaf` stands at `index` of the tree of `size` leaves with this root.

    RFC 9162, 2.1.3.2.
    """
    _check_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise ProofWrong(f"A log of {size} entries has none at place {index}.")
    place, last, reached = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofWrong("The proof goes on above the root.")
        if place & 1 or place == last:
            reached = node_hash(sibling, reached)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        place, last = place >> 1, last >> 1
    if last or reached != root:
        raise ProofWrong("The entry does not stand in this log at this place.")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise ProofWrong unless the tree of `new` leaves continues the one of `old` leaves unchanged (RFC 9162, 2.1.4.2)."""
    _check_hashes(old_root, new_root, *proof)
    if not 0 <= old <= new:
        raise ProofWrong(f"A log of {new} entries cannot continue one of {old}.")
    if old in (0, new):
        before = EMPTY_ROOT if old == 0 else new_root
        if proof or old_root != before or (new == 0 and new_root != EMPTY_ROOT):
            raise ProofWrong("The two states of the log are not one.")
        return
    _verify_longer(old, new, proof, old_root, new_root)


def _verify_longer(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise ProofWrong("The proof is empty.")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofWrong("The proof goes on above the root.")
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    if last or (before, after) != (old_root, new_root):
        raise ProofWrong("The newer state of the log does not continue the older one.")


def _range_hash(first: int, end: int, nodes: Nodes) -> bytes:
    """The hash over leaves `first` to before `end`, a range that the tree itself splits off."""
    length = end - first
    if length & (length - 1) == 0:
        level = length.bit_length() - 1
        return nodes(level, first >> level)
    middle = first + _largest_power_below(length)
    return node_hash(_range_hash(first, middle, nodes), _range_hash(middle, end, nodes))


def _nodes_over(hashes: Sequence[bytes]) -> Nodes:
    @cache
    def node(level: int, index: int) -> bytes:
        if level == 0:
            return hashes[index]
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def _largest_power_below(length: int) -> int:
    """The largest power of two below `length`, which is above 1: where RFC 9162 splits a tree."""
    return 1 << (length - 1).bit_length() - 1


def _check_size(size: int, known: int) -> None:
    if not 0 <= size <= known:
        raise ValueError(f"{known} leaves are known, not {size}")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofWrong(f"A hash of the log has {HASH_BYTES} bytes.")
