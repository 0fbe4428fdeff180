"""Messages and buttons, as sent, edited, pressed, answered and deleted."""

import pytest

YES_NO = [[("Oui", "y"), ("Non", "n")], [("Je ne sais pas", "?")]]


async def test_the_bot_knows_itself(client):
    me = await client.bot.get_me()
    assert (me.id, me.is_bot, me.username) == (1, True, "aiguillage_test_bot")


async def test_a_message_shows_its_text_and_its_rows_of_buttons(telegram, client):
    sent = await client.send(1001, "  Coupure ?\n", YES_NO)
    (shown,) = telegram.messages(1001)
    assert (shown.message_id, shown.text, shown.buttons) == (sent.message_id, "Coupure ?", YES_NO)
    assert telegram.last(1001) == shown
    assert telegram.messages(1002) == []
    assert telegram.last(1002) is None


async def test_the_conversation_has_both_sides_the_messages_only_the_bots(telegram, client):
    await telegram.write(1001, "Bonjour")
    await client.send(1001, "Bonsoir")
    assert [(m.text, m.from_bot) for m in telegram.conversation(1001)] == [
        ("Bonjour", False),
        ("Bonsoir", True),
    ]
    assert [m.text for m in telegram.messages(1001)] == ["Bonsoir"]


@pytest.mark.parametrize(("text", "words"), [("é" * 4097, "message is too long"), (" \n", "message text is empty")])
async def test_a_text_has_one_to_4096_characters(client, text, words):
    await client.send(1001, "é" * 4096)
    with pytest.raises(client.BadRequest, match=f"(?i){words}"):
        await client.send(1001, text)


@pytest.mark.parametrize("data", ["é" * 33, "x" * 65, ""])
async def test_a_buttons_data_has_one_to_64_bytes(telegram, client, data):
    await client.send(1001, "Question", [[("Oui", "é" * 32)]])
    with pytest.raises(client.BadRequest, match=r"(?i)button_data_invalid"):
        await client.send(1001, "Question", [[("Oui", data)]])
    assert len(telegram.messages(1001)) == 1


@pytest.mark.parametrize("chat", [-5, "@personne"])
async def test_a_chat_that_is_none_is_not_found(client, chat):
    with pytest.raises(client.BadRequest, match=r"(?i)chat not found"):
        await client.send(chat, "Bonjour")


async def test_a_message_may_answer_another(telegram, client):
    await telegram.write(1001, "Bonjour")
    asked = telegram.conversation(1001)[0].message_id
    sent = await client.reply(1001, "Oui ?", asked)
    assert sent.reply_to_message.text == "Bonjour"
    with pytest.raises(client.BadRequest, match=r"(?i)message to be replied not found"):
        await client.reply(1001, "Oui ?", 99)


async def test_an_edit_changes_text_and_buttons_in_place(telegram, client):
    sent = await client.send(1001, "Un ?", YES_NO)
    await client.send(1001, "Autre")
    edited = await client.edit(1001, sent.message_id, "Deux ?", [[("Fini", "f")]])
    assert edited.edit_date is not None
    assert [(m.text, m.buttons) for m in telegram.messages(1001)] == [
        ("Deux ?", [[("Fini", "f")]]),
        ("Autre", []),
    ]


async def test_an_edit_without_buttons_takes_them_away(telegram, client):
    sent = await client.send(1001, "Un ?", YES_NO)
    await client.edit(1001, sent.message_id, "Un ?")
    assert telegram.last(1001).buttons == []


async def test_buttons_can_be_edited_alone(telegram, client):
    sent = await client.send(1001, "Un ?", YES_NO)
    await client.edit_buttons(1001, sent.message_id, [[("Fini", "f")]])
    assert (telegram.last(1001).text, telegram.last(1001).buttons) == ("Un ?", [[("Fini", "f")]])
    with pytest.raises(client.BadRequest, match=r"(?i)message is not modified"):
        await client.edit_buttons(1001, sent.message_id, [[("Fini", "f")]])


async def test_an_edit_that_changes_nothing_is_refused(client):
    sent = await client.send(1001, "Un ?", YES_NO)
    with pytest.raises(client.BadRequest, match=r"(?i)message is not modified"):
        await client.edit(1001, sent.message_id, "Un ?", YES_NO)


async def test_an_edit_is_held_to_the_same_limits_as_a_message(client):
    sent = await client.send(1001, "Un ?")
    with pytest.raises(client.BadRequest, match=r"(?i)button_data_invalid"):
        await client.edit(1001, sent.message_id, "Deux ?", [[("Oui", "x" * 65)]])
    with pytest.raises(client.BadRequest, match=r"(?i)message is too long"):
        await client.edit(1001, sent.message_id, "x" * 4097)


async def test_only_the_bots_own_messages_that_exist_can_be_edited(telegram, client):
    await telegram.write(1001, "Bonjour")
    hers = telegram.conversation(1001)[0].message_id
    with pytest.raises(client.BadRequest, match=r"(?i)message can't be edited"):
        await client.edit(1001, hers, "Autre")
    with pytest.raises(client.BadRequest, match=r"(?i)message to edit not found"):
        await client.edit(1001, 99, "Autre")
    with pytest.raises(client.BadRequest, match=r"(?i)message to edit not found"):
        await client.edit(1002, hers, "Autre")


async def test_a_voice_message_has_no_text_to_edit(client):
    sent = await client.send_file("voice", 1001, b"OggS")
    with pytest.raises(client.BadRequest, match=r"(?i)there is no text in the message to edit"):
        await client.edit(1001, sent.message_id, "Autre")


async def test_either_sides_messages_can_be_deleted_once(telegram, client):
    await telegram.write(1001, "Bonjour")
    await client.send(1001, "Bonsoir")
    for shown in telegram.conversation(1001):
        await client.delete(1001, shown.message_id)
    assert telegram.conversation(1001) == []
    with pytest.raises(client.BadRequest, match=r"(?i)message to delete not found"):
        await client.delete(1001, shown.message_id)


async def test_a_button_press_arrives_with_its_message_and_is_answered(telegram, client):
    sent = await client.send(1001, "Coupure ?", YES_NO)
    await client.send(1001, "Sans bouton")
    update_id = await telegram.press(1001, "n")
    (update,) = await client.updates()
    query = update.callback_query
    assert (query.data, query.from_user.id, query.message.message_id) == ("n", 1001, sent.message_id)
    assert not telegram.answered(update_id)
    await client.answer(query.id, "Noté")
    assert telegram.answered(update_id)
    assert telegram.toast(update_id) == "Noté"


async def test_a_press_needs_a_button_that_is_there(telegram, client):
    with pytest.raises(LookupError, match=r"no button 'y' in chat 1001; the last keyboard offers \[\]"):
        await telegram.press(1001, "y")
    await client.send(1001, "Coupure ?", YES_NO)
    with pytest.raises(LookupError, match="the last keyboard offers \\['y', 'n', '\\?'\\]"):
        await telegram.press(1001, "z")


async def test_a_late_press_comes_from_a_message_edited_or_deleted_since(telegram, client):
    edited, deleted = await client.send(1001, "Un ?", YES_NO), await client.send(1001, "Deux ?", YES_NO)
    await client.edit(1001, edited.message_id, "Fini")
    await client.delete(1001, deleted.message_id)
    await telegram.press(1001, "y", message_id=edited.message_id)
    await telegram.press(1001, "y", message_id=deleted.message_id)
    first, second = [update.callback_query.message for update in await client.updates()]
    assert first.text == "Fini"
    assert second.message_id == deleted.message_id
    assert getattr(second, "text", None) is None


async def test_an_update_keeps_the_message_as_it_was_when_pressed(telegram, client):
    sent = await client.send(1001, "Un ?", YES_NO)
    await telegram.press(1001, "y")
    await client.edit(1001, sent.message_id, "Deux ?")
    (update,) = await client.updates()
    assert update.callback_query.message.text == "Un ?"


async def test_a_press_can_be_answered_once_and_not_too_late(telegram, client):
    await client.send(1001, "Un ?", YES_NO)
    update_id = await telegram.press(1001, "y")
    late = await telegram.press(1001, "n")
    telegram.expire(late)
    first, second = [update.callback_query.id for update in await client.updates()]
    await client.answer(first)
    for query_id in (first, second, "unknown"):
        with pytest.raises(client.BadRequest, match=r"(?i)query is too old"):
            await client.answer(query_id)
    assert telegram.answered(update_id)
    assert telegram.toast(update_id) is None
    assert not telegram.answered(late)


async def test_the_answer_to_a_press_has_200_characters_at_most(telegram, client):
    await client.send(1001, "Un ?", YES_NO)
    await telegram.press(1001, "y")
    (update,) = await client.updates()
    with pytest.raises(client.BadRequest, match=r"(?i)message_too_long"):
        await client.answer(update.callback_query.id, "x" * 201)


async def test_the_phone_shows_that_the_bot_is_typing(telegram, client):
    await client.bot.send_chat_action(1001, "typing")
    assert telegram.actions(1001) == ["typing"]
    with pytest.raises(client.BadRequest, match=r"(?i)wrong parameter action"):
        await client.bot.send_chat_action(1001, "dancing")


async def test_a_phone_cannot_write_more_than_4096_characters(telegram):
    with pytest.raises(ValueError, match="a phone sends 1 to 4096 characters, not 4097"):
        await telegram.write(1001, "x" * 4097)
