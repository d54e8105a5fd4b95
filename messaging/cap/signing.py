"""Signed documents (XML Signature, enveloped): a reader can prove who wrote them, years later."""

from datetime import timedelta
from pathlib import Path

from hub import clock
from hub.config import settings
from hub.errors import Conflict, HubError
from hub.i18n import mark

_KEY_BITS = 3072
_VALID_FOR = timedelta(days=3 * 365)
_CERTIFICATE_BEGINS = "-----BEGIN CERTIFICATE-----"

_NO_KEY = mark("This hub has no key to sign with. Its operator makes one: plp-hub cap new-key")
_KEY_EXISTS = mark("There is a key already: {path}. Move it away first; keep its certificate.")


def signed(xml: str) -> bytes:
    """The document with a signature as its last element, where CAP has room for one.

    Raises ``Conflict`` when the operator made no key.
    """
    # Loaded with the first signature: every process would carry both libraries otherwise.
    from lxml import etree
    from signxml.signer import XMLSigner

    key, certificate = _key_and_certificate()
    plain = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(xml.encode(), plain)
    enveloped = XMLSigner().sign(root, key=key, cert=certificate)
    return bytes(etree.tostring(enveloped, xml_declaration=True, encoding="UTF-8"))


def certificate() -> str:
    """What readers check a signature with (PEM). Raises ``Conflict`` when there is no key."""
    return _key_and_certificate()[1]


def is_possible() -> bool:
    """Whether there is a key."""
    return _CERTIFICATE_BEGINS in settings().cap_signing_key


def _key_and_certificate() -> tuple[str, str]:
    key, begin, rest = settings().cap_signing_key.partition(_CERTIFICATE_BEGINS)
    if not begin:
        raise Conflict(_NO_KEY)
    return key, begin + rest


def new_key(path: Path, name: str) -> None:
    """Write a new private key with its certificate, readable by its owner only.

    ``name`` stands in the certificate. Raises ``HubError`` when the file exists: documents signed
    with the old key must stay provable.
    """
    if path.exists():
        raise HubError(_KEY_EXISTS, path=str(path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_bytes(_made(name))


def _made(name: str) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    # RSA: what every reader of XML signatures knows.
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now())
        .not_valid_after(clock.now() + _VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + made.public_bytes(serialization.Encoding.PEM)
