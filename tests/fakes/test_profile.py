"""What the bot says of itself: commands, name, descriptions, menu."""

import pytest


async def test_commands_are_kept_by_language(client):
    await client.set_commands({"aide": "Aide"})
    await client.set_commands({"aide": "Help"}, language_code="en")
    assert await client.commands() == {"aide": "Aide"}
    assert await client.commands(language_code="en") == {"aide": "Help"}
    assert await client.commands(language_code="ar") == {}


async def test_commands_are_kept_by_scope(client):
    await client.set_commands({"aide": "Aide"}, scope="private")
    assert await client.commands() == {}
    assert await client.commands(scope="private") == {"aide": "Aide"}


async def test_commands_can_be_deleted(client):
    await client.set_commands({"aide": "Aide"})
    await client.bot.delete_my_commands()
    assert await client.commands() == {}


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ({"Aide": "Aide"}, "bot_command_invalid"),
        ({"a" * 33: "Aide"}, "bot_command_invalid"),
        ({"aide": ""}, "bot_command_description_invalid"),
        ({"aide": "x" * 257}, "bot_command_description_invalid"),
        ({f"c{number}": "x" for number in range(101)}, "bot_commands_too_much"),
    ],
)
async def test_commands_telegram_would_refuse_are_refused(client, commands, words):
    with pytest.raises(client.BadRequest, match=f"(?i){words}"):
        await client.set_commands(commands)


@pytest.mark.parametrize("code", ["fra", "pt-br", "FR"])
async def test_a_language_has_a_two_letter_code(client, code):
    with pytest.raises(client.BadRequest, match=r"(?i)invalid language code"):
        await client.set_commands({"aide": "Aide"}, language_code=code)


@pytest.mark.parametrize("field", ["name", "description", "short_description"])
async def test_texts_about_the_bot_are_kept_by_language(client, field):
    setter, getter = getattr(client.bot, f"set_my_{field}"), getattr(client.bot, f"get_my_{field}")
    await setter("Bonjour")
    await setter("Hello", language_code="en")
    assert getattr(await getter(), field) == "Bonjour"
    assert getattr(await getter(language_code="en"), field) == "Hello"


@pytest.mark.parametrize(("field", "limit"), [("name", 64), ("description", 512), ("short_description", 120)])
async def test_texts_about_the_bot_have_their_limit(client, field, limit):
    setter = getattr(client.bot, f"set_my_{field}")
    await setter("x" * limit)
    with pytest.raises(client.BadRequest, match=r"(?i)is too long"):
        await setter("x" * (limit + 1))


async def test_the_menu_button_is_kept(client, telegram, http):
    assert (await client.bot.get_chat_menu_button()).type == "default"
    address = f"{telegram.url}/bot{telegram.token}/setChatMenuButton"
    async with http.post(address, json={"menu_button": {"type": "commands"}}) as response:
        assert response.status == 200
    assert (await client.bot.get_chat_menu_button()).type == "commands"
