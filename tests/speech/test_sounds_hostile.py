"""Whatever bytes come in as a voice note, reading them gives sound or a SoundError, soon and in little memory."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from functools import cache

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.speech.errors import SoundError
from bot.speech.sounds import LARGEST, LONGEST, RATE, Sound, opus, read
from tests.speech.test_sounds import tone, written

MAGIC = (
    b"OggS",
    b"\x1aE\xdf\xa3",
    b"RIFF\x00\x00\x00\x00WAVEfmt ",
    b"\x00\x00\x00\x18ftypisom",
    b"ID3\x03",
    b"\xff\xfb",
)
CODES = {"empty", "too_large", "too_long", "unreadable", "silent"}
MEASURED = """
import resource, sys, time
from bot.speech.errors import SoundError
from bot.speech.sounds import read
data = sys.stdin.buffer.read()
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    read(data)
    said = "read"
except SoundError as error:
    said = error.code
print(said, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, time.process_time() - began)
"""


@cache
def notes() -> tuple[bytes, ...]:
    """One small file a container."""
    said = tone(1.0)
    kinds = (
        ("ogg", "libopus", 48_000),
        ("webm", "libopus", 48_000),
        ("ipod", "aac", 44_100),
        ("wav", "pcm_s16le", RATE),
    )
    return tuple(written(said, *kind) for kind in kinds)


def read_or_refused(data: bytes) -> Sound | str:
    try:
        return read(data)
    except SoundError as error:
        assert error.code in CODES
        return error.code


@settings(max_examples=150, deadline=None)
@given(st.sampled_from((b"", *MAGIC)), st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(start: bytes, rest: bytes) -> None:
    read_or_refused(start + rest)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_file_cut_off_anywhere_is_read_as_far_as_it_goes_or_refused(data: st.DataObject) -> None:
    note = data.draw(st.sampled_from(notes()))
    found = read_or_refused(note[: data.draw(st.integers(0, len(note)))])
    assert isinstance(found, str) or found.seconds < 1.2


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_with_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    note = bytearray(data.draw(st.sampled_from(notes())))
    for place, byte in data.draw(st.lists(st.tuples(st.integers(0, len(note) - 1), st.integers(0, 255)), max_size=12)):
        note[place] = byte
    found = read_or_refused(bytes(note))
    assert isinstance(found, str) or found.seconds <= LONGEST + 1


def wav(rate: int, count: int, channels: int = 1) -> bytes:
    """A WAV file of noise whose header says this rate."""
    samples = np.random.default_rng(0).integers(-9000, 9000, count * channels, np.int16).tobytes()
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels, 2 * channels, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def silence_of_hours() -> bytes:
    """Seven hours of Opus in less than the largest file: an encoder makes next to nothing of silence."""
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as made:
        options = {"application": "lowdelay", "vbr": "on", "frame_duration": "60"}
        stream = made.add_stream("libopus", rate=48_000, layout="mono", options=options)
        stream.bit_rate = 500
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2880), np.int16), format="s16", layout="mono")
        frame.sample_rate = 48_000
        for number in range(60_000):
            frame.pts = number * 2880
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return out.getvalue()


def with_picture_first() -> bytes:
    """A video: its first stream is pictures, its second sound."""
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as made:
        pictures = made.add_stream("mjpeg", rate=1)
        pictures.width = pictures.height = 64
        pictures.pix_fmt = "yuvj420p"
        stream = made.add_stream("libopus", rate=48_000, layout="mono")
        made.mux(pictures.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        made.mux(pictures.encode(None))
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=48_000, frame_size=960)
        frame = av.AudioFrame.from_ndarray(tone(1.0).samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            made.mux(stream.encode(part))
        made.mux(stream.encode(None))
    return out.getvalue()


def with_streams(count: int) -> bytes:
    """Many streams of sound in one file."""
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as made:
        for _ in range(count):
            made.add_stream("pcm_s16le", rate=RATE, layout="mono")
        samples = tone(1.0).samples.reshape(1, -1)
        for stream in made.streams.audio:
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = RATE
            made.mux(stream.encode(frame))
            made.mux(stream.encode(None))
    return out.getvalue()


HOSTILE = {
    "hours of silence": (silence_of_hours, "too_long"),
    "a rate of 1 Hz": (lambda: wav(1, 900_000), "unreadable"),
    "a rate beyond hearing": (lambda: wav(2_000_000_000, 100_000), "unreadable"),
    "a minute and more, loud": (lambda: wav(8_000, 8_000 * 61), "too_long"),
    "sixty channels": (lambda: wav(RATE, RATE, 60), "unreadable"),
    "a playlist that names another file": (lambda: b"ffconcat version 1.0\nfile /etc/hostname\n", "unreadable"),
    "another list": (lambda: b"#EXTM3U\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n", "unreadable"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_harm_is_refused_soon_and_in_little_memory(name: str) -> None:
    made, code = HOSTILE[name]
    data = made()
    assert len(data) <= LARGEST
    said, mebibytes, seconds = measured(data)
    assert (said, mebibytes < 64, seconds < 10) == (code, True, True), (said, mebibytes, seconds)


def measured(data: bytes) -> tuple[str, int, float]:
    """The code, the most memory that reading took (MiB), processor seconds: in a process of its own."""
    command = [sys.executable, "-c", MEASURED]
    said = subprocess.run(command, input=data, capture_output=True, check=True, timeout=120).stdout.decode()  # noqa: S603
    code, mebibytes, seconds = said.split()
    return code, int(mebibytes), float(seconds)


def test_the_sound_of_a_video_is_heard_and_its_pictures_never_looked_at() -> None:
    assert 0.9 < read(with_picture_first()).seconds < 1.2


def test_of_many_streams_the_first_is_heard() -> None:
    assert 0.9 < read(with_streams(40)).seconds < 1.2


def test_nearly_a_minute_is_read_whole() -> None:
    assert abs(read(opus(tone(LONGEST - 1))).seconds - (LONGEST - 1)) < 0.05
