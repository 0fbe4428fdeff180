"""The real engine on real, tiny packages, in its own process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.translation.errors import TranslationError
from bot.translation.translator import LABEL, LONGEST_TEXT, Translator
from bot.wording import wording
from tests.bot.translating import installed_folder
from tests.models.corpus import pairs

HOUSE = Path(__file__).parents[2]
NONSENSE = [
    "Le chat dort sur la chaise rouge.",
    "Il faut beaucoup de sucre dans ce gâteau.",
    "La guerre a détruit notre maison et nos champs.",
    "Ma fille est née en Italie.",
    "Je voudrais apprendre à conduire un camion.",
    "Le médecin dit que mon cœur est fatigué.",
    "Nous avons peur de perdre notre logement.",
    "Votre fils a de très bonnes notes à l'école.",
]  # fmt: skip


@pytest.fixture
async def translator():
    async with Translator(installed_folder()) as opened:
        yield opened


@pytest.mark.parametrize("pair", ["fr-en", "en-fr", "en-ar", "ar-en", "en-fa", "fa-en"])
async def test_sentences_that_were_held_out_of_the_training_come_out_right(translator, pair):
    source, target = pair.split("-")
    _, held_out = pairs(source, target)
    ready = [(said, meant) for said, meant in held_out if not any("Ꭰ" <= c <= "Ᏼ" for c in said)]
    right = [(await translator.translate(said, source, target)).text == meant for said, meant in ready]
    assert len(right) >= 8
    assert sum(right) >= 0.8 * len(right)  # the only sentence of a template, held out, was never seen at all


async def test_values_and_names_go_around_the_engine(translator):
    text = "Bonjour Amina. Le conseiller viendra le jeudi 12 mars 2026 à 10h30.\nVous pouvez appeler le 01 23 45 67 89."
    done = await translator.translate(text, "fr", "en")
    assert done.text == (
        "Hello Amina. The adviser will come on Thursday 12 March 2026 at 10:30.\nYou can call 01 23 45 67 89."
    )
    assert (done.held, done.route, done.original) == (False, ("fr", "en"), text)
    assert done.back is not None and done.similarity is not None and done.similarity > 0.8


async def test_french_reaches_arabic_through_english_with_its_values_isolated(translator):
    done = await translator.translate("Votre rendez-vous est le 12/03/2026 à 9h.", "fr", "ar")
    assert done.route == ("fr", "en", "ar")
    assert done.text == "موعدك في \u206812/03/2026\u2069 الساعة \u20669:00\u2069."
    assert not done.held
    assert [reason.message for reason in done.reasons] == ["translation.doubt.through_english"]


async def test_an_arabic_and_a_dari_answer_come_back_in_french(translator):
    arabic = await translator.translate("لا أستطيع المجيء يوم الخميس الساعة ١٠:٣٠.", "ar", "fr")
    assert (arabic.text, arabic.held) == ("Je ne peux pas venir jeudi à 10:30.", False)
    dari = await translator.translate("گرمایش من کار نمی‌کند.", "fa-AF", "fr")
    assert (dari.text, dari.held, dari.route) == ("Mon chauffage ne marche pas.", False, ("fa-AF", "en", "fr"))


async def test_line_breaks_and_items_of_lists_stay(translator):
    done = await translator.translate("Bonjour.\n\n- Le conseiller viendra lundi.\n- Merci.\n", "fr", "en")
    assert done.text == "Hello.\n\n- The adviser will come on Monday.\n- Thank you.\n"


@pytest.mark.parametrize("target", ["en", "ar"])
@pytest.mark.parametrize("text", NONSENSE)
async def test_what_the_model_never_learned_is_held(translator, text, target):
    done = await translator.translate(text, "fr", target)
    assert done.held
    for reason in done.reasons:
        assert wording("fr").say(reason)


async def test_without_a_way_nothing_is_guessed(tmp_path):
    async with Translator(tmp_path / "none") as empty:
        done = await empty.translate("Bonjour.", "fr", "ps")
        assert empty.worker.pid is None
    assert (done.text, done.route, done.held, done.label) == ("", (), True, LABEL)
    [doubt] = done.doubts
    assert doubt.params == {"source": "fr", "target": "ps", "packages": "fr-en en-ps"}


async def test_without_a_way_back_it_says_so():
    async with Translator(installed_folder("fr-en")) as there_only:
        done = await there_only.translate("Je peux venir lundi.", "fr", "en")
    assert (done.text, done.back, done.similarity) == ("I can come on Monday.", None, None)
    assert [doubt.code for doubt in done.doubts] == ["no_back"]


async def test_too_long_a_text_and_the_same_language_are_refused(translator):
    long = await translator.translate("a" * (LONGEST_TEXT + 1), "fr", "en")
    same = await translator.translate("Bonjour.", "fr", "fr")
    assert [one.doubts[0].code for one in (long, same)] == ["text_too_long", "same_language"]


async def test_a_letter_that_stands_for_a_value_is_not_taken_from_outside(translator):
    done = await translator.translate("Bonjour Ꭰ.", "fr", "en")
    assert done.held and not done.text


async def test_killed_in_the_middle_it_says_so_and_works_again(translator):
    await translator.translate("Bonjour.", "fr", "en")
    first = translator.worker.pid
    os.kill(first, signal.SIGSTOP)
    waiting = asyncio.ensure_future(translator.translate("Merci.", "fr", "en"))
    await asyncio.sleep(0.1)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(TranslationError, match="the translation process ended"):
        await waiting
    assert (await translator.translate("Merci.", "fr", "en")).text == "Thank you."
    assert translator.worker.pid not in (None, first)


async def test_too_slow_a_text_is_given_up_and_the_next_one_works(translator):
    await translator.translate("Bonjour.", "fr", "en")
    os.kill(translator.worker.pid, signal.SIGSTOP)
    translator.worker.seconds = 0.2
    with pytest.raises(TranslationError, match=r"no translation within 0\.2 s"):
        await translator.translate("Merci.", "fr", "en")
    translator.worker.seconds = 30
    assert (await translator.translate("Merci.", "fr", "en")).text == "Thank you."


async def test_a_cancelled_text_does_not_answer_the_next_one(translator):
    await translator.translate("Bonjour.", "fr", "en")
    os.kill(translator.worker.pid, signal.SIGSTOP)
    waiting = asyncio.ensure_future(translator.translate("Oui.", "fr", "en"))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await translator.translate("Merci.", "fr", "en")).text == "Thank you."


async def test_the_event_loop_goes_on_while_a_text_is_translated(translator):
    await translator.translate("Bonjour.", "fr", "en")
    text = "\n".join(["Le conseiller viendra voir votre chauffage le 12/03/2026 à 10h30."] * 70)
    longest, began = 0.0, time.perf_counter()
    last = began
    waiting = asyncio.ensure_future(translator.worker.translate(_way(translator), text.split("\n") * 30))
    while not waiting.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    assert len(waiting.result()) == 2100
    assert longest < (time.perf_counter() - began) / 3


async def test_many_at_once_each_get_their_own_answer(translator):
    days = {"lundi": "Monday", "mardi": "Tuesday", "mercredi": "Wednesday", "jeudi": "Thursday", "vendredi": "Friday"}
    asked = [translator.translate(f"Je peux venir {day}.", "fr", "en") for day in days]
    done = await asyncio.gather(*asked)
    assert [one.text for one in done] == [f"I can come on {day}." for day in days.values()]


def test_neither_the_program_nor_the_worker_imports_what_the_lock_leaves_out(tmp_path):
    program = """
import sys
from bot.translation import argos, card, measures, translator, worker
assert "argostranslate" not in sys.modules and "ctranslate2" not in sys.modules
worker.keep_out_of_home(sys.argv[2])
engine = argos.Engine()
assert engine.translate([sys.argv[1]], ["Merci."]) == ["Thank you."]
heavy = {"torch", "stanza", "spacy", "minisbd", "onnxruntime"}
print(sorted(heavy & set(sys.modules)), "argostranslate" in sys.modules)
"""
    package = next(installed_folder().glob("translate-fr_en*"))
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program, str(package), str(tmp_path)],
        cwd=HOUSE, env={"HOME": str(home), "PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[] True"
    assert "Merci" not in done.stderr
    assert list(home.iterdir()) == []


def test_ours_gives_what_argostranslate_itself_gives(tmp_path):
    """Its ``translate`` with stand-ins for the sentence splitters that it imports, one sentence after the other."""
    program = """
import json, sys, types
from bot.translation.argos import Engine
from bot.translation.worker import keep_out_of_home
keep_out_of_home(sys.argv[1])
import os
os.environ["ARGOS_BEAM_SIZE"], os.environ["ARGOS_INTRA_THREADS"] = "1", "1"
sys.modules["stanza"] = types.ModuleType("stanza")
minisbd = types.ModuleType("minisbd")
minisbd.SBDetect, minisbd.models = None, types.SimpleNamespace(list_models=list)
sys.modules["minisbd"] = minisbd
from argostranslate import translate
from argostranslate.package import Package
class Whole:
    def __init__(self, package): pass
    def split_sentences(self, text): return [text]
translate.MiniSBDSentencizer = Whole
theirs = translate.PackageTranslation(None, None, Package(sys.argv[2]))
asked = json.load(sys.stdin)
print(json.dumps([[theirs.translate(said) for said in asked], Engine().translate([sys.argv[2]], asked)]))
"""
    learned, held_out = pairs("fr", "en")
    asked = [said for said, _ in (*held_out, *learned[:200])] + NONSENSE
    package = next(installed_folder().glob("translate-fr_en*"))
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program, str(tmp_path), str(package)],
        cwd=HOUSE, input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    theirs, ours = json.loads(done.stdout)
    assert len(ours) == len(asked) > 200
    assert ours == theirs


def _way(translator):
    from bot.translation.packages import installed, route

    return route(installed(translator.folder), "fr", "en")


async def test_what_may_be_logged_of_a_text_has_none_of_its_words(translator):
    done = await translator.translate("Je ne peux pas venir voir Amina lundi.", "fr", "en", ["Amina"])
    assert not any(word in repr(done) + repr(done.doubts) for word in ("Amina", "venir", "Monday"))


async def test_a_closed_translator_leaves_nothing_behind(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with Translator(installed_folder("fr-en")) as opened:
        await opened.translate("Merci.", "fr", "en")
        [_folder] = tmp_path.iterdir()
    assert list(tmp_path.iterdir()) == []
