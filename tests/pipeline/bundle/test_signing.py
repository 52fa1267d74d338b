"""The county's signature over the seal: whose it is, and over what."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from catalog.problem import Refusal
from pipeline.bundle.signing import new_keys, sign, verified

SEAL = b"0" * 64 + b"  bagit.txt\n"
KEYS = new_keys()
SIGNED = sign(KEYS.private, SEAL)


def changed(**fields: object) -> bytes:
    return json.dumps(json.loads(SIGNED) | fields).encode()


def test_a_signature_holds_for_its_seal_and_key() -> None:
    """Signing twice gives the same bytes; another seal or key does not fit."""
    assert verified(SIGNED, SEAL, KEYS.public) == ""
    assert sign(KEYS.private, SEAL) == SIGNED
    assert "another edition" in verified(SIGNED, SEAL + b"\n", KEYS.public)
    assert "another key" in verified(SIGNED, SEAL, new_keys().public)


def test_the_key_in_the_signature_proves_nothing() -> None:
    """Whoever signs anew with a key of their own is found out."""
    assert "another key" in verified(sign(new_keys().private, SEAL), SEAL, KEYS.public)


@pytest.mark.parametrize(
    ("signature", "told"),
    [
        (changed(algorithm="none"), "signed by none, not by Ed25519"),
        (changed(signature=base64.b64encode(b"0" * 64).decode()), "the signature is not right"),
        (changed(signature="no base64!"), "the signature is not right"),
        (changed(signature="甲"), "the signature is not right"),
        (changed(signature=""), "1 to 200 are right"),
        (changed(root="0" * 64), "another edition"),
        (changed(extra=1), "extra — this key is not known here"),
        (b"{", "this cannot be read"),
        (b"", "this cannot be read"),
    ],
)
def test_refuses_a_signature_and_says_why(signature: bytes, told: str) -> None:
    """Anything may lie under its name."""
    assert told in verified(signature, SEAL, KEYS.public)


def test_every_changed_bit_is_noticed() -> None:
    """In the seal or in the signature proper, bit by bit."""
    proper = base64.b64decode(json.loads(SIGNED)["signature"])
    wrong = []
    for place in range(len(proper) * 8):
        data = bytearray(proper)
        data[place // 8] ^= 1 << place % 8
        wrong.append(
            verified(changed(signature=base64.b64encode(data).decode()), SEAL, KEYS.public)
        )

    assert all(wrong)


@pytest.mark.parametrize("pem", [b"", b"nonsense", KEYS.public, KEYS.private[:60]])
def test_refuses_a_key_that_is_none(pem: bytes) -> None:
    """The wrong file is named as such."""
    with pytest.raises(Refusal, match=r"key\.pem: this is no private key for signing"):
        sign(pem, SEAL, "key.pem")


def test_refuses_a_key_of_another_kind() -> None:
    """Keys of elliptic curves of another kind, and keys with a password."""
    other = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    plain = other.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = other.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    locked = other.private_bytes(
        pem,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )

    for key in (plain, locked):
        with pytest.raises(Refusal, match="no private key"):
            sign(key, SEAL)
    for key in (public, KEYS.private, b""):
        with pytest.raises(Refusal, match="no public key"):
            verified(SIGNED, SEAL, key)


def test_openssl_agrees(peer: Callable[[str], str], tmp_path: Path) -> None:
    """Anybody with openssl and the county's public key can check a seal without our program."""
    (tmp_path / "county.pem").write_bytes(KEYS.public)
    (tmp_path / "seal").write_bytes(SEAL)
    (tmp_path / "signature").write_bytes(base64.b64decode(json.loads(SIGNED)["signature"]))
    command = [peer("openssl"), "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "county.pem"]
    command += ["-in", "seal", "-sigfile", "signature"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)

    assert (told.returncode, b"Success" in told.stdout) == (0, True), told.stderr


def test_the_package_is_loaded_only_when_it_signs() -> None:
    """Asking for help must not wait for it."""
    code = "import sys, pipeline.bundle.signing; sys.exit('cryptography' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
