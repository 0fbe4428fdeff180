"""Files, up from the bot and down from the phone."""

import pytest

from tests.fakes import files

KINDS = ["voice", "audio", "document", "photo"]
OGG = b"OggS" + bytes(range(256))


def content(message: object, kind: str) -> object:
    """The file object of a message; of a photo the largest."""
    found = getattr(message, kind)
    return found[-1] if kind == "photo" else found


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_from_the_phone_can_be_fetched(telegram, client, kind):
    await telegram.send_file(1001, OGG, kind, language="ar", caption="Voici")
    (update,) = await client.updates()
    found = content(update.message, kind)
    assert found.file_size == len(OGG)
    assert update.message.caption == "Voici"
    assert update.message.from_user.language_code == "ar"
    assert await client.download(found.file_id) == OGG


async def test_a_voice_note_says_how_long_and_of_what_type_it_is(telegram, client):
    await telegram.send_file(1001, OGG, duration=7)
    (update,) = await client.updates()
    duration = update.message.voice.duration
    assert getattr(duration, "seconds", duration) == 7
    assert update.message.voice.mime_type == "audio/ogg"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_from_the_bot_reaches_the_phone(telegram, client, kind):
    sent = await client.send_file(kind, 1001, OGG, "note.oga", caption="Écoutez")
    shown = telegram.last(1001)
    assert (shown.kind, shown.text) == (kind, "Écoutez")
    assert shown.file_id == content(sent, kind).file_id
    assert telegram.file(shown.file_id) == OGG


async def test_a_file_keeps_its_name(client):
    sent = await client.send_file("document", 1001, OGG, "trame.pdf")
    assert sent.document.file_name == "trame.pdf"


async def test_a_file_known_to_telegram_is_sent_again_by_its_id(telegram, client):
    sent = await client.send_file("voice", 1001, OGG)
    again = await client.send_file("voice", 1002, sent.voice.file_id)
    assert again.voice.file_id == sent.voice.file_id
    assert telegram.file(telegram.last(1002).file_id) == OGG


async def test_a_photo_comes_in_sizes_the_smallest_first(client):
    sent = await client.send_file("photo", 1001, OGG)
    assert [size.width for size in sent.photo] == [90, 320]
    paths = [(await client.bot.get_file(size.file_id)).file_path for size in sent.photo]
    assert "thumbnail/" in paths[0]
    assert "photo/" in paths[1]


async def test_a_voice_message_may_have_buttons(telegram, client):
    keyboard = client._keyboard([[("Oui", "y")]])
    await client.send_file("voice", 1001, OGG, reply_markup=keyboard)
    assert telegram.last(1001).buttons == [[("Oui", "y")]]
    await telegram.press(1001, "y")
    (update,) = await client.updates()
    assert update.callback_query.message.voice is not None


@pytest.mark.parametrize(
    ("source", "caption", "words"),
    [
        (OGG, "x" * 1025, "message caption is too long"),
        ("no-such-file", "", "wrong file identifier"),
        (b"", "", "file must be non-empty"),
    ],
)
async def test_a_file_telegram_would_refuse_is_refused(client, source, caption, words):
    with pytest.raises(client.BadRequest, match=f"(?i){words}"):
        await client.send_file("voice", 1001, source, caption=caption)


async def test_a_file_nobody_sent_cannot_be_fetched(client):
    with pytest.raises(client.BadRequest, match=r"(?i)wrong file_id"):
        await client.download("voice-99")


async def test_a_file_beyond_twenty_megabytes_cannot_be_fetched(telegram, client, monkeypatch):
    monkeypatch.setattr(files, "DOWNLOAD_LIMIT", 10)
    await telegram.send_file(1001, OGG)
    (update,) = await client.updates()
    with pytest.raises(client.BadRequest, match=r"(?i)file is too big"):
        await client.download(update.message.voice.file_id)


async def test_a_path_that_is_none_is_not_found(telegram, http):
    async with http.get(f"{telegram.url}/file/bot{telegram.token}/voice/file_9.oga") as response:
        assert response.status == 404


async def test_a_download_can_fail(telegram, http):
    await telegram.send_file(1001, OGG)
    telegram.fail("download", status=500)
    address = f"{telegram.url}/file/bot{telegram.token}/voice/file_0.oga"
    async with http.get(address) as response:
        assert response.status == 500
    async with http.get(address) as response:
        assert await response.read() == OGG


async def test_a_round_video_from_the_phone_can_be_fetched(telegram, client):
    await telegram.send_file(1001, OGG, "video_note", duration=3)
    (update,) = await client.updates()
    assert update.message.video_note.length == 240
    assert await client.download(update.message.video_note.file_id) == OGG


async def test_a_file_whose_size_is_not_told_can_be_fetched_all_the_same(telegram, client):
    await telegram.send_file(1001, OGG, "voice", unsized=True)
    (update,) = await client.updates()
    assert update.message.voice.file_size is None
    assert await client.download(update.message.voice.file_id) == OGG


async def test_whoever_takes_no_voice_messages_gets_none(telegram, client):
    telegram.forbid_voices(1001)
    with pytest.raises(client.BadRequest, match=r"(?i)restricted receiving of voice"):
        await client.send_file("voice", 1001, OGG)
    await client.send_file("audio", 1001, OGG)
    assert telegram.last(1001).kind == "audio"


async def test_a_file_that_telegram_lost_cannot_be_fetched(telegram, client):
    update_id = await telegram.send_file(1001, OGG)
    telegram.lose(update_id)
    (update,) = await client.updates()
    with pytest.raises(client.BadRequest, match=r"(?i)wrong file_id"):
        await client.download(update.message.voice.file_id)
