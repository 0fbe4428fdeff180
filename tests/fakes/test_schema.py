"""The published Bot API as a judge of requests, answers and updates."""

import pytest

from tests.fakes.schema import Schema, Upload, Violation, bot_api

SEND = {"chat_id": "1001", "text": "Bonjour"}


def keyboard(rows: str) -> dict[str, str]:
    return {"reply_markup": f'{{"inline_keyboard": {rows}}}'}


def test_the_file_says_which_version_of_the_bot_api_it_is():
    assert (bot_api().version, bot_api().release_date) == ("Bot API 10.1", "June 11, 2026")


def test_text_from_a_form_becomes_the_type_its_field_asks_for():
    raw = SEND | {"disable_notification": "True", "reply_parameters": '{"message_id": 3}'}
    params = bot_api().request("sendMessage", raw)
    assert params["chat_id"] == 1001
    assert params["disable_notification"] is True
    assert params["reply_parameters"] == {"message_id": 3}


def test_a_decimal_becomes_a_number():
    where = {"chat_id": "1001", "latitude": "48.5", "longitude": "-2"}
    assert bot_api().request("sendLocation", where) == {"chat_id": 1001, "latitude": 48.5, "longitude": -2.0}


def test_a_text_that_looks_like_a_number_stays_a_text():
    assert bot_api().request("sendMessage", SEND | {"text": "42"})["text"] == "42"


def test_a_file_is_taken_where_a_file_may_be():
    voice = Upload("v.oga", "audio/ogg", b"x")
    assert bot_api().request("sendVoice", {"chat_id": 1001, "voice": voice})["voice"] is voice


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"chat_id": 1001}, "sendMessage › text: missing"),
        (SEND | {"txt": "x"}, "sendMessage › txt: unknown; did you mean 'text'?"),
        (SEND | {"text": 3}, "sendMessage › text: expected String, got int 3"),
        (SEND | {"chat_id": 1.5}, "sendMessage › chat_id: expected Integer or String, got float 1.5"),
        (SEND | {"chat_id": True}, "sendMessage › chat_id: expected Integer or String, got bool True"),
        (SEND | {"disable_notification": "oui"}, "disable_notification: expected Boolean, got str 'oui'"),
        (SEND | {"disable_notification": 1}, "disable_notification: expected Boolean, got int 1"),
        (SEND | {"reply_markup": "{"}, "reply_markup: expected InlineKeyboardMarkup or"),
        (SEND | {"entities": "{}"}, "entities: expected Array of MessageEntity, got dict {}"),
        (SEND | {"text": Upload("a", "b", b"c")}, "text: expected String, got Upload"),
        (
            SEND | keyboard('[[{"text": "Oui"}, {"text": "Non", "callbck_data": "n"}]]'),
            "sendMessage › reply_markup › inline_keyboard[0][1] › callbck_data: unknown; did you mean 'callback_data'?",
        ),
        (
            SEND | keyboard('[{"text": "Oui"}]'),
            "inline_keyboard[0]: expected Array of InlineKeyboardButton, got dict",
        ),
    ],
)
def test_a_request_against_the_api_is_refused_with_the_path_of_its_fault(raw: dict, words: str):
    with pytest.raises(Violation) as caught:
        bot_api().request("sendMessage", raw)
    assert words in str(caught.value)


def test_every_fault_of_a_request_is_told():
    with pytest.raises(Violation, match=r"text: missing; sendMessage › txt: unknown"):
        bot_api().request("sendMessage", {"chat_id": 1001, "txt": "x"})


def test_an_answer_is_held_against_what_the_method_returns():
    bot_api().answer("deleteMessage", True)
    with pytest.raises(Violation, match=r"deleteMessage \(answer\): expected Boolean, got str 'oui'"):
        bot_api().answer("deleteMessage", "oui")


def test_one_of_several_answers_is_enough():
    bot_api().answer("editMessageText", True)
    with pytest.raises(Violation, match=r"editMessageText \(answer\) › chat: missing"):
        bot_api().answer("editMessageText", {"message_id": 1, "date": 1})


def test_an_array_answer_names_the_item_at_fault():
    with pytest.raises(Violation, match=r"getUpdates \(answer\)\[1\] › update_id: missing"):
        bot_api().answer("getUpdates", [{"update_id": 1}, {}])


def test_a_union_takes_any_of_its_types_and_tells_the_nearest_ones_faults():
    query = {"id": "q", "from": {"id": 1, "is_bot": False, "first_name": "Visiteuse"}, "chat_instance": "c"}
    gone = {"chat": {"id": 1, "type": "private"}, "message_id": 2, "date": 0}
    bot_api().update({"update_id": 1, "callback_query": query | {"message": gone}})
    with pytest.raises(Violation, match=r"callback_query › message › txt: unknown"):
        bot_api().update({"update_id": 1, "callback_query": query | {"message": gone | {"txt": "x"}}})


def test_a_recursive_union_is_followed_to_its_depth():
    schema = Schema(
        {
            "version": "",
            "release_date": "",
            "methods": {},
            "types": {
                "Rich": {"subtypes": ["String", "Array of Rich", "Bold"]},
                "Bold": {"required": {"text": ["Rich"]}, "optional": {}},
            },
        }
    )
    assert schema.faults(["Rich"], ["a", {"text": ["b", "c"]}], "r") == []
    assert schema.faults(["Rich"], ["a", {"text": ["b", 3]}], "r") == ["r[1] › text[1]: expected Rich, got int 3"]


def test_method_names_are_found_whatever_their_case():
    assert bot_api().method("SENDMESSAGE") == "sendMessage"
    assert bot_api().method("sendMassage") is None
