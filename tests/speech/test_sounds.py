"""Sound that comes in is looked at before any engine sees it; what goes out is a voice note."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from bot.speech.errors import SoundError
from bot.speech.sounds import LARGEST, RATE, Sound, opus, read
from tests.speech.prompts import prompt


def tone(seconds: float, loud: float = 0.3) -> Sound:
    wave = np.sin(np.arange(int(seconds * RATE)) * 2 * np.pi * 220 / RATE) * loud * 32767
    return Sound(wave.astype(np.int16))


def written(sound: Sound, container: str, codec: str, rate: int = 48_000) -> bytes:
    """The sound in another container, as a browser or a phone makes it."""
    out = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(sound.samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = sound.rate
    with av.open(out, "w", format=container) as made:
        stream = made.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=rate, frame_size=960)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            made.mux(stream.encode(part))
        made.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [("ogg", "libopus", 48_000), ("webm", "libopus", 48_000), ("ipod", "aac", 44_100), ("wav", "pcm_s16le", 16_000)],
)
def test_what_phones_and_browsers_record_is_read(container: str, codec: str, rate: int) -> None:
    said = prompt("fr", "agent-loginok")
    heard = read(written(said, container, codec, rate))
    assert heard.rate == RATE
    assert abs(heard.seconds - said.seconds) < 0.15


def test_a_voice_note_is_mono_opus_of_about_24_kbit_a_second() -> None:
    said = prompt("fr", "agent-loginok")
    note = opus(said)
    with av.open(io.BytesIO(note)) as opened:
        stream = opened.streams.audio[0]
        assert (opened.format.name, stream.codec_context.name, stream.layout.name) == ("ogg", "opus", "mono")
    assert 18_000 < len(note) * 8 / said.seconds < 32_000


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\x00" * (LARGEST + 1), "too_large"),
        (b"OggS" + b"\x00" * 500, "unreadable"),
        (b"%PDF-1.7 " * 50, "unreadable"),
        (opus(tone(61)), "too_long"),
        (opus(tone(2, loud=0.0005)), "silent"),
    ],
    ids=["nothing", "too large", "broken", "no sound at all", "too long", "silence"],
)
def test_what_no_engine_is_given_is_refused_by_its_code(data: bytes, code: str) -> None:
    with pytest.raises(SoundError) as refused:
        read(data)
    assert refused.value.code == code


def test_a_picture_with_the_name_of_a_sound_is_refused() -> None:
    picture = io.BytesIO()
    with av.open(picture, "w", format="mjpeg") as made:
        stream = made.add_stream("mjpeg", rate=1)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuvj420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    with pytest.raises(SoundError, match="unreadable"):
        read(picture.getvalue())
