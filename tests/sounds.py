"""Small sound files, made of bytes: what an officer uploads, and what no call can play."""

import struct


def wav(seconds: float, rate: int = 8000, bits: int = 16, coding: int = 1) -> bytes:
    """A silent WAV file of one channel."""
    samples = bytes(int(seconds * rate) * bits // 8)
    form = struct.pack("<HHIIHH", coding, 1, rate, rate * bits // 8, bits // 8, bits)
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form
    body += b"LIST" + struct.pack("<I", 3) + b"abc\0" + b"data" + struct.pack("<I", len(samples))
    return b"RIFF" + struct.pack("<I", len(body) + len(samples)) + body + samples


def mp3(seconds: float, titled: bool = False) -> bytes:
    """Silent MPEG-1 layer III frames of 128 kbit/s and 44100 samples a second."""
    frame = b"\xff\xfb\x90\x64".ljust(417, b"\0")
    title = b"ID3\x04\0\0\0\0\x01\x00" + bytes(128) if titled else b""
    return title + frame * round(seconds * 44_100 / 1152)


WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01webm" + bytes(400)
OGG = b"OggS\0\x02" + bytes(400)
MP4 = b"\0\0\0\x20ftypM4A " + bytes(400)
