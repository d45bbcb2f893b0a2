"""The tree of the log: the vectors of RFC 6962's own implementation, its laws, and proofs that are not what they say."""

import hashlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger import tiles, tree
from audits.ledger.tiles import (
    Tile,
    is_within,
    list_tiles,
    nodes_of,
    pack_entries,
    parse_tile,
    unpack_entries,
)

# The leaves and roots of the certificate-transparency project, which RFC 6962 came from.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
SIZES = st.integers(1, 1000)


def leaves(count: int) -> list[bytes]:
    return [tree.leaf_hash(str(number).encode()) for number in range(count)]


MANY = leaves(1000)


def spelled_out(hashes: list[bytes]) -> bytes:
    """MTH as RFC 9162 2.1.1 writes it."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = max(2**power for power in range(20) if 2**power < len(hashes))
    return hashlib.sha256(b"\x01" + spelled_out(hashes[:split]) + spelled_out(hashes[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_rfcs_implementation(size):
    """Issue 13, 1: RFC 6962/9162 hashing."""
    assert tree.root(HASHES[:size]).hex() == ROOTS[size]


def test_the_paths_of_the_rfcs_example():
    """RFC 9162, 2.1.5: a tree of seven leaves; PATH and PROOF as listed there, by the names of its nodes."""
    a, b, c, d, e, f, j = HASHES[:7]
    g, h, i = tree.node_hash(a, b), tree.node_hash(c, d), tree.node_hash(e, f)
    k, last = tree.node_hash(g, h), tree.node_hash(i, j)
    assert tree.inclusion_proof(HASHES, 0, 7) == [b, h, last]
    assert tree.inclusion_proof(HASHES, 3, 7) == [c, g, last]
    assert tree.inclusion_proof(HASHES, 4, 7) == [f, j, k]
    assert tree.inclusion_proof(HASHES, 6, 7) == [i, k]
    assert tree.consistency_proof(HASHES, 3, 7) == [c, d, g, last]
    assert tree.consistency_proof(HASHES, 4, 7) == [last]
    assert tree.consistency_proof(HASHES, 6, 7) == [i, j, k]


@given(size=SIZES)
def test_the_root_is_what_the_rfc_spells_out(size):
    assert tree.root(MANY[:size]) == spelled_out(MANY[:size])


@given(size=SIZES, data=st.data())
def test_every_leaf_is_proved_and_no_other_place(size, data):
    """A proof shows one leaf at one place of one tree; any other leaf, place, size or root it does not."""
    index = data.draw(st.integers(0, size - 1))
    proof, whole = tree.inclusion_proof(MANY, index, size), tree.root(MANY[:size])
    tree.verify_inclusion(MANY[index], index, size, proof, whole)
    other = data.draw(
        st.integers(0, size - 1).filter(lambda place: place != index) if size > 1 else st.just(1)
    )
    wrong = [
        (MANY[other], index, size, proof, whole),
        (MANY[index], other, size, proof, whole),
        (MANY[index], index, size, [*proof, MANY[0]], whole),
        (MANY[index], index, size, proof, MANY[-1]),
        (MANY[index], -1, size, proof, whole),
        (MANY[index], index, index, proof, whole),
        (MANY[index][:-1], index, size, proof, whole),
    ]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        wrong += [
            (MANY[index], index, size, proof[:-1], whole),
            (MANY[index], index, size, [*proof[:at], MANY[-1], *proof[at + 1 :]], whole),
        ]
    for claim in wrong:
        with pytest.raises(tree.ProofWrong):
            tree.verify_inclusion(*claim)


@given(sizes=st.tuples(SIZES, SIZES), data=st.data())
def test_a_longer_log_is_shown_to_continue_a_shorter_one(sizes, data):
    """And a log with one leaf exchanged is not, whichever it is."""
    old, new = sorted(sizes)
    before, after = tree.root(MANY[:old]), tree.root(MANY[:new])
    proof = tree.consistency_proof(MANY, old, new)
    tree.verify_consistency(old, new, proof, before, after)
    at = data.draw(st.integers(0, old - 1))
    forged = [*MANY[:at], tree.leaf_hash(b"forged"), *MANY[at + 1 : new]]
    rewritten, faked = tree.consistency_proof(forged, old, new), tree.root(forged)
    wrong = [
        (old, new, rewritten, before, faked),
        (old, new, proof, before, faked),
        (old, new, [*proof, MANY[0]], before, after),
        (new + 1, new, proof, before, after),
        (old, new, proof, before[1:], after),
    ]
    if proof:
        wrong.append((old, new, proof[:-1], before, after))
    for claim in wrong:
        with pytest.raises(tree.ProofWrong):
            tree.verify_consistency(*claim)


def test_every_log_continues_the_empty_one_and_itself():
    whole = tree.root(MANY)
    tree.verify_consistency(0, 1000, [], tree.EMPTY_ROOT, whole)
    tree.verify_consistency(0, 0, [], tree.EMPTY_ROOT, tree.EMPTY_ROOT)
    tree.verify_consistency(1000, 1000, [], whole, whole)
    for claim in [
        (0, 1000, [], whole, whole),
        (0, 1000, [MANY[0]], tree.EMPTY_ROOT, whole),
        (0, 0, [], tree.EMPTY_ROOT, whole),
        (1000, 1000, [], tree.EMPTY_ROOT, whole),
        (3, 7, [], tree.root(MANY[:3]), tree.root(MANY[:7])),
    ]:
        with pytest.raises(tree.ProofWrong):
            tree.verify_consistency(*claim)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: tree.inclusion_proof(MANY, 5, 5),
        lambda: tree.inclusion_proof(MANY, -1, 5),
        lambda: tree.inclusion_proof(MANY, 0, 1001),
        lambda: tree.consistency_proof(MANY, 6, 5),
        lambda: tree.consistency_proof(MANY, -1, 5),
        lambda: tree.consistency_proof(MANY, 0, 1001),
    ],
)
def test_a_proof_of_what_is_not_there_is_not_made(wrong):
    with pytest.raises(ValueError, match="lea"):
        wrong()


def make_tiles(size: int) -> dict[Tile, bytes]:
    """All tiles of a log of `size` leaves, worked out from the leaves as the specification says."""
    hashes = leaves(size)
    found = {}
    for tile in list_tiles(size):
        span = 256**tile.level
        firsts = [(tile.number * 256 + place) * span for place in range(tile.width)]
        found[tile] = b"".join(spelled_out(hashes[first : first + span]) for first in firsts)
    return found


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600, 70_000])
def test_tiles_hold_what_proofs_need(size):
    """C2SP tlog-tiles: root and proofs come out of tiles alone, at the edges of tiles as well."""
    if size == 70_000:
        tiles = list(list_tiles(size))
        widths = [(tile.level, tile.number, tile.width) for tile in tiles if tile.width < 256]
        assert widths == [(0, 273, 112), (1, 1, 17), (2, 0, 1)] and len(tiles) == 273 + 1 + 1 + 3 - 1
        return
    stored, hashes = make_tiles(size), leaves(size)
    nodes = nodes_of(lambda *tile: stored[Tile(*tile)], size)
    assert tree.root_of(size, nodes) == spelled_out(hashes)
    for index in {0, size // 2, size - 1}:
        assert tree.prove_inclusion(index, size, nodes) == tree.inclusion_proof(hashes, index, size)
    for old in {1, size // 2 or 1, size - 1 or 1, size}:
        assert tree.prove_consistency(old, size, nodes) == tree.consistency_proof(hashes, old, size)


@given(st.builds(Tile, st.none() | st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256)))
def test_a_tile_has_one_address(tile):
    assert parse_tile(tile.path()) == tile


def test_addresses_of_tiles_are_those_of_the_specification():
    assert Tile(0, 1234067).path() == "0/x001/x234/067"
    assert Tile(None, 5, 7).path() == "entries/005.p/7"
    for odd in [
        "0/1",
        "00/001",
        "0/x000/001",
        "64/001",
        "0/001.p/0",
        "0/001.p/256",
        "0/001.p/01",
        "0/001/",
        "x/001",
        "0/٠٠١",
    ]:
        assert parse_tile(odd) is None, odd


def test_a_log_has_the_tiles_up_to_its_edge():
    assert is_within(Tile(0, 0, 3), 3) and not is_within(Tile(0, 0, 4), 3)
    assert (
        is_within(Tile(None, 0, 3), 3) and not is_within(Tile(1, 0, 1), 255) and is_within(Tile(1, 0, 1), 256)
    )


@given(st.lists(st.binary(max_size=40)))
def test_entries_are_served_whole(entries):
    bundle = pack_entries(entries)
    assert list(unpack_entries(bundle)) == entries
    if bundle:
        with pytest.raises(ValueError, match="cut short"):
            list(unpack_entries(bundle[:-1]))
    with pytest.raises(ValueError, match="at most"):
        pack_entries([b"x" * 65_536])


def test_the_tree_needs_nothing_of_ours():
    """DESIGN, Layout: pure. It runs where neither Django nor this project is."""
    code = f"import sys; sys.modules.update(django=None, ground=None); import runpy; runpy.run_path({tree.__file__!r})"
    assert subprocess.run([sys.executable, "-I", "-S", "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 65_535, 65_536, 65_537, 65_536 + 256, 70_000])
def test_what_is_read_ahead_for_a_proof_is_all_that_it_needs(size):
    """Issue 13, measured: the tiles of a path are known before any is read, at the edges of tiles and of levels too."""
    rows = [[tree.leaf_hash(number.to_bytes(4, "big")) for number in range(size)]]
    while len(rows[-1]) >= tiles.WIDTH:
        whole = len(rows[-1]) // tiles.WIDTH
        rows.append([tiles.fold(rows[-1][at * 256 : at * 256 + 256]) for at in range(whole)])
    for index in {0, size // 2, size - 1, min(size - 1, 255), min(size - 1, 65_535)}:
        ahead = {
            each: b"".join(rows[each.level][each.number * 256 : each.number * 256 + each.width])
            for each in tiles.list_proof_tiles(index, size)
        }
        nodes = tiles.nodes_of(lambda *tile, ahead=ahead: ahead[tiles.Tile(*tile)], size)
        proof = tree.prove_inclusion(index, size, nodes)
        tree.verify_inclusion(rows[0][index], index, size, proof, tree.root(rows[0]))
