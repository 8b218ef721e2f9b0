"""The generator against what its authors published, and against the definition in whole numbers."""

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadmc.base.philox import Purpose, philox4x32, split_seed

WORD = 2**32
words = st.integers(0, WORD - 1)


def definition(counter, key):
    """Philox4x32-10 as printed in Salmon et al. (2011), section 3.3, in Python's whole numbers."""
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, WORD)
        high1, low1 = divmod(0xCD9E8D57 * c2, WORD)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % WORD, (k1 + 0xBB67AE85) % WORD
    return c0, c1, c2, c3


def scalars(*values):
    return tuple(int(word) for word in philox4x32(*(np.uint32(value) for value in values)))


@numba.njit(error_model="numpy")
def compiled(counters, keys, out):
    for i in range(counters.shape[0]):
        c, k = counters[i], keys[i]
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = philox4x32(c[0], c[1], c[2], c[3], k[0], k[1])


# Random123, kat_vectors, philox4x32 with 10 rounds
@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_published_known_answers(counter, key, expected):
    counter, key, expected = (tuple(int(word, 16) for word in text.split()) for text in (counter, key, expected))
    assert scalars(*counter, *key) == expected
    assert definition(counter, key) == expected


@given(words, words, words, words, words, words)
def test_scalars_follow_the_definition(c0, c1, c2, c3, k0, k1):
    assert scalars(c0, c1, c2, c3, k0, k1) == definition((c0, c1, c2, c3), (k0, k1))


def test_arrays_scalars_and_compiled_code_give_the_same_words():
    rng = np.random.default_rng(20270101)
    counters = rng.integers(0, WORD, (2000, 4), dtype=np.uint32)
    keys = rng.integers(0, WORD, (2000, 2), dtype=np.uint32)
    arrays = np.stack(philox4x32(*counters.T, *keys.T), axis=1)
    assert arrays.dtype == np.uint32
    machine = np.empty_like(arrays)
    compiled(counters, keys, machine)
    np.testing.assert_array_equal(machine, arrays)
    plain = [definition(c, k) for c, k in zip(counters.tolist(), keys.tolist(), strict=True)]
    np.testing.assert_array_equal(arrays, np.array(plain, np.uint32))


def test_counter_words_broadcast():
    key = np.uint32(3), np.uint32(4)
    people = np.arange(5, dtype=np.uint32)
    together = philox4x32(people, np.uint32(1), np.uint32(2), np.uint32(0), *key)
    for i in range(5):
        assert tuple(int(word[i]) for word in together) == scalars(i, 1, 2, 0, 3, 4)


def test_every_word_of_the_address_matters():
    address = (1, 2, 3, 4, 5, 6)
    neighbours = [tuple(a + (i == j) for i, a in enumerate(address)) for j in range(len(address))]
    assert len({scalars(*each) for each in [address, *neighbours]}) == 7


def test_purposes_keep_their_numbers():
    """A number that changes its meaning changes every result that was ever published with a seed."""
    numbers = {"YEAR": 1, "ENTRANT": 2, "START": 3, "DRIVER": 16, "RULE": 17, "OWN_DRIVER": 18}
    assert {purpose.name: int(purpose) for purpose in Purpose} == numbers
    assert all(0 < purpose < 2**16 for purpose in Purpose)


@given(st.integers(0, 2**64 - 1))
def test_a_seed_is_cut_into_its_two_halves(seed):
    low, high = split_seed(seed)
    assert low.dtype == high.dtype == np.uint32
    assert int(high) * WORD + int(low) == seed
