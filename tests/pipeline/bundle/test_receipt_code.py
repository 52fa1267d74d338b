"""Receipt codes: short, sayable, and never taken for another."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import Refusal
from pipeline.bundle.receipt_code import ALPHABET, read_code, receipt_code

ROOTS = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(40)]


def believed(text: str) -> bool:
    try:
        read_code(text)
    except Refusal:
        return False
    return True


def test_a_code_is_the_first_40_bits_and_a_check_character() -> None:
    """Two groups of four in Crockford's base32, and the check character by itself."""
    assert receipt_code("0" * 64) == "0000-0000-0"
    assert receipt_code("0000000001" + "f" * 54) == "0000-0001-2"
    assert receipt_code("f" * 64)[:9] == "ZZZZ-ZZZZ"


def test_refuses_what_is_no_root() -> None:
    """A root that is none is our own mistake."""
    with pytest.raises(ValueError, match="root"):
        receipt_code("7K3M")


@pytest.mark.parametrize("root", ROOTS)
def test_any_one_wrong_character_is_caught(root: str) -> None:
    """Every place of the code, every other character of the alphabet."""
    letters = receipt_code(root).replace("-", "")
    wrong = [
        letters[:place] + other + letters[place + 1 :]
        for place in range(9)
        for other in ALPHABET
        if other != letters[place]
    ]

    assert [text for text in wrong if believed(text)] == []


@pytest.mark.parametrize("root", ROOTS)
def test_any_two_that_changed_places_are_caught(root: str) -> None:
    """Neighbours or not, the check character included; and doubled ones heard as another pair."""
    letters = receipt_code(root).replace("-", "")
    wrong = []
    for one in range(9):
        for other in range(one + 1, 9):
            told = list(letters)
            told[one], told[other] = told[other], told[one]
            wrong.append("".join(told))
    twins = [
        letters[:place] + other * 2 + letters[place + 2 :]
        for place in range(8)
        if letters[place] == letters[place + 1]
        for other in ALPHABET
    ]

    assert {text for text in wrong + twins if believed(text)} <= {letters}


def test_a_random_code_is_believed_once_in_32() -> None:
    """What one check character cannot do: two wrong characters pass once in 32 times."""
    letters = receipt_code(ROOTS[0]).replace("-", "")
    wrong = [f"{one}{other}{letters[2:]}" for one in ALPHABET for other in ALPHABET]

    assert sum(map(believed, wrong)) == 32


@pytest.mark.parametrize(
    "text",
    [
        "7k3m 9qxa {c}",
        "7K3M9QXA{c}",
        " 7 K 3 M - 9 Q X A - {c} ",
        "７Ｋ３Ｍ－９ＱＸＡ－{c}",
        "七K三M，九QXA，{c}",
        "签收码：7K3M-9QXA-{c}",
        "7K3M–9QXA—{c}.",
    ],
)
def test_a_code_is_read_as_it_is_heard(text: str) -> None:
    """Small letters, spaces, full-width and Chinese digits and dashes do no harm."""
    bits = 0
    for letter in "7K3M9QXA":
        bits = bits << 5 | ALPHABET.index(letter)
    code = receipt_code(f"{bits:010x}" + "0" * 54)

    assert code.startswith("7K3M-9QXA-")
    assert read_code(text.format(c=code[-1])) == code


def test_letters_that_look_like_digits_are_read_as_these() -> None:
    """O is nought, I and L are one; 幺 is one on the phone, 两 is two."""
    assert read_code("oOo0 〇零00 0") == "0000-0000-0"
    assert read_code("0000-000I-2") == read_code("0000 000幺 两") == read_code("0000 000l 2")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("7K3M-9QXA", "a receipt code has 9 characters, this has 8"),
        ("", "a receipt code has 9 characters, this has 0"),
        ("0000-0000-U", "U never stands in a receipt code"),
        ("0000-0000-1", "a character is wrong, or two have changed places"),
        ("7K3M-9QXA-T" * 50, "characters, this has"),
        ("你好", "你 好 never stands in a receipt code"),
    ],
)
def test_refuses_a_code_and_says_why(text: str, wrong: str) -> None:
    """Whoever is on the phone can ask the right thing back."""
    with pytest.raises(Refusal) as caught:
        read_code(text)

    assert wrong in caught.value.problems[0].wrong


@given(st.text(max_size=60) | st.text(ALPHABET.lower() + "OIL- 一", min_size=8, max_size=12))
@settings(max_examples=500, derandomize=True, deadline=None)
def test_any_text_is_a_code_or_refused(text: str) -> None:
    """Never another exception; what is believed is a code as we write it."""
    try:
        code = read_code(text)
    except Refusal:
        return

    assert read_code(code) == code
