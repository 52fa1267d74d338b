"""The county's signature over the seal of an edition: Ed25519, only where it is switched on.

Signed are the bytes of the tag manifest as they lie on the drive, so anybody can check them without
this program: `openssl pkeyutl -verify -rawin -pubin -inkey county.pem -in tagmanifest-sha256.txt`
with the signature decoded from its base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.problem import refusal
from catalog.words import _
from pipeline.bundle import plain_json
from pipeline.bundle.layout import SIGNATURE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

FORM = "xiaxiang signature 1"
ALGORITHM = "Ed25519"
MOST_BYTES = 16 * 1024

_FIELDS: plain_json.Fields = {
    "algorithm": plain_json.text(40),
    "public_key": plain_json.text(100),
    "root": plain_json.hexadecimal(64),
    "signature": plain_json.text(200),
}


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Two PEM files: `private` stays in the county, readable by its owner alone (0600)."""

    private: bytes
    public: bytes


def new_keys() -> KeyPair:
    """A new pair of keys, by the system's own chance."""
    from cryptography.hazmat.primitives import serialization as forms  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    public = key.public_key().public_bytes(
        forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(private, public)


def sign(private: bytes, tagmanifest: bytes, file: str = "") -> bytes:
    """The bytes of `_delivery/signature.json`. Raises Refusal where `private` is no such key;
    `file` is where it came from.
    """
    key = _private_key(private, file)
    return plain_json.written(
        FORM,
        {
            "algorithm": ALGORITHM,
            "public_key": _base64(key.public_key().public_bytes_raw()),
            "root": hashlib.sha256(tagmanifest).hexdigest(),
            "signature": _base64(key.sign(tagmanifest)),
        },
    )


def verified(signature: bytes, tagmanifest: bytes, trusted: bytes, file: str = "") -> str:
    """Why this is not the signature of the key `trusted` (PEM) over the tag manifest, "" where it
    is. The key in the signature itself proves nothing. Raises Refusal where `trusted` is no key;
    `file` is where it came from.
    """
    key = _public_key(trusted, file)
    found = plain_json.read(signature, SIGNATURE, FORM, _FIELDS, MOST_BYTES)
    if isinstance(found, tuple):
        return str(found[0])
    if found["algorithm"] != ALGORITHM:
        return _("signed by {value}, not by Ed25519").format(
            value=plain_json.shown(found["algorithm"])
        )
    if found["public_key"] != _base64(key.public_bytes_raw()):
        return _("signed with another key than the county's")
    if found["root"] != hashlib.sha256(tagmanifest).hexdigest():
        return _("the signature belongs to another edition, or the seal was changed")
    return _held(key, found["signature"], tagmanifest)


def _held(key: Ed25519PublicKey, signature: str, tagmanifest: bytes) -> str:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415

    try:
        key.verify(base64.b64decode(signature, validate=True), tagmanifest)
    except (InvalidSignature, binascii.Error, ValueError):
        return _("the signature is not right: somebody changed it, or the seal")
    return ""


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _private_key(pem: bytes, file: str) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise refusal(
            file,
            _("this is no private key for signing (Ed25519, PEM, without a password)"),
            _("name the file that the key was written to, or make a new pair of keys"),
        )
    return key


def _public_key(pem: bytes, file: str) -> Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise refusal(
            file,
            _("this is no public key for signatures (Ed25519, PEM)"),
            _("name the county's public key file"),
        )
    return key
