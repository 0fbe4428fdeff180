"""What sound that came in is, told by its first bytes whatever was said of it."""

from __future__ import annotations

from bot.speech.sounded import MP3, OGG

WEBM, MP4, WAV = "audio/webm", "audio/mp4", "audio/wav"
SPOKEN = frozenset({WEBM, OGG, MP4})  # what a browser records
LARGEST_VOICE, LARGEST_RECORDING = 2 * 1024 * 1024, 5 * 1024 * 1024


def media_of(sound: bytes) -> str | None:
    """The media type of Ogg, WebM, MP4, MP3 and WAV; None for anything else."""
    if sound.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in sound[:64]:
        return WEBM
    if sound.startswith(b"OggS"):
        return OGG
    if sound[4:8] == b"ftyp":
        return MP4
    if sound.startswith(b"RIFF") and sound[8:12] == b"WAVE":
        return WAV
    return MP3 if sound.startswith(b"ID3") or _is_mp3_frame(sound[:3]) else None


def _is_mp3_frame(head: bytes) -> bool:
    """Eleven bits set, then a layer, a bit rate and a sampling rate that are none of the reserved ones."""
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    return head[1] & 0x06 != 0 and head[2] & 0xF0 not in (0x00, 0xF0) and head[2] & 0x0C != 0x0C
