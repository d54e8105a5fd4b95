"""Files of citizens, sealed: whoever takes the database alone cannot open them."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet

from hub.config import settings


def seal(purpose: str, content: bytes) -> bytes:
    """The content so that only this installation opens it, and only for the same ``purpose``."""
    return _box(purpose).encrypt(content)


def unseal(purpose: str, sealed: bytes) -> bytes:
    """What was sealed. Raises ``cryptography.fernet.InvalidToken`` for what was changed since, or
    sealed elsewhere or for something else."""
    return _box(purpose).decrypt(sealed)


def _box(purpose: str) -> Fernet:
    key = sha256(f"sealed-{purpose}\0{settings().secret_key}".encode()).digest()
    return Fernet(urlsafe_b64encode(key))
