"""What kind of file it is, by its first bytes: a name can say anything."""

from typing import Final

HEAD: Final = 64
"""How many of a file's first bytes tell its type."""

_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS: Final = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
_PICTURES: Final = frozenset({b"avif", b"avis", b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"})
"""Brands of still pictures in the same boxes as films, which the service does not take."""

_OLD_BOXES: Final = frozenset({b"moov", b"mdat", b"wide"})
"""What a QuickTime film begins with that has no brand."""

_EBML: Final = b"\x1a\x45\xdf\xa3"

SUFFIXES: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
}
"""Every type that is taken, and how a name of such a file ends."""


def media_type(head: bytes) -> str | None:
    """Return the media type of a file that begins so, one of `SUFFIXES`; None if it is none that is taken."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(_EBML):
        return "video/webm" if b"webm" in head else "video/x-matroska"
    return _boxed(head[4:8], head[8:12]) or _sound(head[:2])


def _boxed(box: bytes, brand: bytes) -> str | None:
    """Tell the type of what consists of boxes (ISO 14496-12), by its first one."""
    if box in _OLD_BOXES:
        return "video/quicktime"
    if box != b"ftyp" or brand in _PICTURES:
        return None
    return _BRANDS.get(brand, "video/mp4")


def _sound(sync: bytes) -> str | None:
    """Tell the type of sound that begins with a frame: MP3 or AAC."""
    if len(sync) < len(b"\xff\xfb") or sync[0] != 0xFF:  # noqa: PLR2004 - eight bits of sync
        return None
    if sync[1] & 0xE6 == 0xE2:  # noqa: PLR2004 - sync, and layer III
        return "audio/mpeg"
    return "audio/aac" if sync[1] & 0xF6 == 0xF0 else None  # noqa: PLR2004 - sync, and layer 0, which is ADTS
