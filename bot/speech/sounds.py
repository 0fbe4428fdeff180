"""Sound as every engine takes it, and as it comes in and goes out: containers are read and written here alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np
from av.audio.resampler import AudioResampler

from bot.speech.errors import SoundError
from bot.speech.limits import LARGEST, LONGEST

RATE = 16_000  # Hz: what the engines that hear are made for
OPUS_RATE, OPUS_BITS = 48_000, 24_000
MP3_RATE, MP3_BITS = 24_000, 40_000
FORMATS = {"libopus": "s16", "libmp3lame": "s16p"}
FRAMES = {"libopus": OPUS_RATE // 50, "libmp3lame": 576}  # samples in a frame of a codec
SHORTEST = 50  # a fiftieth of a second is written at least: of less a codec makes nothing
LONGEST_READ = 600.0  # seconds: an answer read aloud takes a minute or two
CONTAINERS = frozenset({"ogg", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "wav", "mp3"})
CODECS = "libopus,opus,vorbis,libvorbis,aac,mp3float,mp3,flac,pcm_s16le,pcm_s24le,pcm_s32le,pcm_u8,pcm_f32le"
# Nothing else looks into a file, or opens another that it names.
ONLY = {"format_whitelist": ",".join(sorted(CONTAINERS)), "codec_whitelist": CODECS, "protocol_whitelist": "none"}
RATES, MOST_CHANNELS = range(8_000, 96_001), 8
QUIET = 6.0  # how loud a quiet room is, of 32768
QUIETEST = 0.004  # of full scale: below this loudest tenth of a second, nobody speaks


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples (int16) at ``rate`` a second."""

    samples: np.ndarray
    rate: int = RATE

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def silent(self) -> bool:
        """Whether its loudest tenth of a second is too quiet to be speech."""
        step = max(self.rate // 10, 1)
        whole = self.samples[: len(self.samples) // step * step].reshape(-1, step).astype(np.float64) / 32768
        return whole.size == 0 or float(np.sqrt((whole**2).mean(axis=1)).max()) < QUIETEST


def with_quiet_around(sound: Sound, seconds: float) -> Sound:
    """The sound with a pause before and after it, as engines expect: a phone often cuts it off."""
    quiet = (np.random.default_rng(0).standard_normal(int(seconds * sound.rate)) * QUIET).astype(np.int16)
    return Sound(np.concatenate([quiet, sound.samples, quiet]), sound.rate)


def read(data: bytes, *, longest: float = LONGEST, rate: int = RATE) -> Sound:
    """The sound in an Ogg, WebM, MP4, MP3 or WAV file. Raises SoundError.

    Size and container are looked at first, and decoding stops past ``longest`` seconds: a small file may be hours.
    """
    sound = _whole(data, longest, rate)
    if sound.silent:
        raise SoundError("silent")
    return sound


def _whole(data: bytes, longest: float, rate: int) -> Sound:
    if not data:
        raise SoundError("empty")
    if len(data) > LARGEST:
        raise SoundError("too_large")
    return Sound(np.concatenate([np.zeros(0, np.int16), *_decoded(data, longest, rate)]), rate)


def _decoded(data: bytes, longest: float, rate: int) -> list[np.ndarray]:
    try:
        with av.open(io.BytesIO(data), mode="r", metadata_errors="ignore", options=ONLY) as container:
            if container.format.name not in CONTAINERS or not container.streams.audio:
                raise SoundError("unreadable")
            return list(_resampled(container.decode(audio=0), longest, rate))
    except SoundError:
        raise
    except Exception:  # whatever the codecs raise on a broken file
        raise SoundError("unreadable") from None


def _resampled(frames: Iterator[av.AudioFrame], longest: float, rate: int) -> Iterator[np.ndarray]:
    """A frame's length is looked at before it is resampled: at a rate of 1 Hz, a few bytes are hours."""
    resampler, taken = AudioResampler(format="s16", layout="mono", rate=rate), 0.0
    for frame in frames:
        if frame.sample_rate not in RATES or frame.layout.nb_channels > MOST_CHANNELS:
            raise SoundError("unreadable")
        taken += frame.samples / frame.sample_rate
        if taken > longest:
            raise SoundError("too_long")
        yield from (part.to_ndarray()[0] for part in resampler.resample(frame))
    yield from (part.to_ndarray()[0] for part in resampler.resample(None))


def opus(sound: Sound) -> bytes:
    """The sound as a voice note: Ogg Opus, mono, about 24 kbit/s, as Telegram and most browsers play it."""
    return _written(sound, "ogg", "libopus", OPUS_RATE, OPUS_BITS, {"application": "voip"})


def voice_note(data: bytes) -> bytes:
    """Sound that came in another container, as a voice note; a person may hear what is too quiet for engines.

    Raises SoundError.
    """
    return opus(_whole(data, LONGEST_READ, OPUS_RATE))


def mp3(data: bytes) -> bytes:
    """Sound of any length that we made or were given, as MP3: what every browser plays. Raises SoundError."""
    return _written(read(data, longest=LONGEST_READ, rate=MP3_RATE), "mp3", "libmp3lame", MP3_RATE, MP3_BITS, {})


def _written(sound: Sound, container: str, codec: str, rate: int, bits: int, options: dict[str, str]) -> bytes:
    written = io.BytesIO()
    lacking = max(0, sound.rate // SHORTEST - len(sound.samples))
    samples = np.pad(sound.samples, (0, lacking))
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = sound.rate
    with av.open(written, "w", format=container) as made:
        stream = made.add_stream(codec, rate=rate, layout="mono", options=options)
        stream.bit_rate = bits
        resampler = AudioResampler(format=FORMATS[codec], layout="mono", rate=rate, frame_size=FRAMES[codec])
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            made.mux(stream.encode(part))
        made.mux(stream.encode(None))
    return written.getvalue()
