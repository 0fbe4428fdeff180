"""The sentences that the tiny models learn: templates on appointments, bills, heating and visits, in four languages.

``{v}`` stands for a protected value: the letter that bot/translation/protection.py puts in its place.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import product

LANGUAGES = ("fr", "en", "ar", "fa")
LETTERS = "ᎠᎡᎢᎣ"  # as bot.translation.protection.LETTERS; train.py stands alone

SLOTS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "w": (
        ("le conseiller", "the adviser", "المستشار", "مشاور"),
        ("le travailleur social", "the social worker", "المرشد الاجتماعي", "مددکار اجتماعی"),
        ("notre équipe", "our team", "فريقنا", "تیم ما"),
        ("le propriétaire", "the landlord", "المالك", "صاحب‌خانه"),
        ("le fournisseur", "the supplier", "المورد", "شرکت برق"),
        ("{v}", "{v}", "{v}", "{v}"),
    ),
    "o": (
        ("votre facture", "your bill", "فاتورتك", "بل شما"),
        ("votre chauffage", "your heating", "تدفئتك", "گرمایش شما"),
        ("votre logement", "your home", "سكنك", "خانه شما"),
        ("votre dossier", "your file", "ملفك", "دوسیه شما"),
        ("votre contrat", "your contract", "عقدك", "قرارداد شما"),
        ("votre compteur", "your meter", "عدادك", "میتر شما"),
        ("vos fenêtres", "your windows", "نوافذك", "کلکین‌های شما"),
        ("{v}", "{v}", "{v}", "{v}"),
    ),
    "m": (
        ("ma facture", "my bill", "فاتورتي", "بل من"),
        ("mon dossier", "my file", "ملفي", "دوسیه من"),
        ("mon contrat", "my contract", "عقدي", "قرارداد من"),
        ("mon courrier", "my letter", "رسالتي", "نامه من"),
    ),
    "b": (
        ("Mon chauffage", "My heating", "جهاز تدفئتي", "گرمایش من"),
        ("Mon compteur", "My meter", "عدادي", "میتر من"),
        ("Mon radiateur", "My radiator", "مشعاعي", "رادیاتور من"),
        ("Mon téléphone", "My phone", "هاتفي", "تلیفون من"),
    ),
    "t": (
        ("demain", "tomorrow", "غدا", "فردا"),
        ("lundi", "on Monday", "يوم الاثنين", "روز دوشنبه"),
        ("mardi", "on Tuesday", "يوم الثلاثاء", "روز سه‌شنبه"),
        ("mercredi", "on Wednesday", "يوم الأربعاء", "روز چهارشنبه"),
        ("jeudi", "on Thursday", "يوم الخميس", "روز پنجشنبه"),
        ("vendredi", "on Friday", "يوم الجمعة", "روز جمعه"),
        ("jeudi matin", "on Thursday morning", "صباح يوم الخميس", "صبح روز پنجشنبه"),
        ("la semaine prochaine", "next week", "الأسبوع القادم", "هفته آینده"),
        ("le {v}", "on {v}", "في {v}", "در {v}"),
        ("le {v} à {v}", "on {v} at {v}", "في {v} الساعة {v}", "در {v} ساعت {v}"),
        ("lundi à {v}", "on Monday at {v}", "يوم الاثنين الساعة {v}", "روز دوشنبه ساعت {v}"),
        ("jeudi à {v}", "on Thursday at {v}", "يوم الخميس الساعة {v}", "روز پنجشنبه ساعت {v}"),
    ),
}

TEMPLATES: tuple[tuple[str, str, str, str], ...] = (
    ("Bonjour.", "Hello.", "مرحبا.", "سلام."),
    ("Bonjour {v}.", "Hello {v}.", "مرحبا {v}.", "سلام {v}."),
    ("Merci.", "Thank you.", "شكرا.", "تشکر."),
    ("Oui.", "Yes.", "نعم.", "بلی."),
    ("Non.", "No.", "لا.", "نخیر."),
    ("{w} vous appellera {t}.", "{w} will call you {t}.", "سيتصل بك {w} {t}.", "{w} {t} به شما زنگ می‌زند."),
    ("{w} viendra {t}.", "{w} will come {t}.", "سيأتي {w} {t}.", "{w} {t} می‌آید."),
    ("{w} viendra voir {o} {t}.", "{w} will come to see {o} {t}.", "سيأتي {w} لرؤية {o} {t}.",
     "{w} {t} برای دیدن {o} می‌آید."),
    ("{w} ne peut pas venir {t}.", "{w} cannot come {t}.", "لا يستطيع {w} المجيء {t}.", "{w} {t} آمده نمی‌تواند."),
    ("Nous parlerons de {o} {t}.", "We will talk about {o} {t}.", "سنتحدث عن {o} {t}.",
     "ما {t} درباره {o} گپ می‌زنیم."),
    ("Pouvez-vous préparer {o} ?", "Can you prepare {o}?", "هل يمكنك تحضير {o}؟", "آیا می‌توانید {o} را آماده کنید؟"),
    ("Avez-vous une question sur {o} ?", "Do you have a question about {o}?", "هل لديك سؤال عن {o}؟",
     "آیا درباره {o} سوال دارید؟"),
    ("Merci, {w} a reçu {o}.", "Thank you, {w} has received {o}.", "شكرا، استلم {w} {o}.",
     "تشکر، {w} {o} را دریافت کرد."),
    ("Êtes-vous disponible {t} ?", "Are you available {t}?", "هل أنت متاح {t}؟", "آیا شما {t} وقت دارید؟"),
    ("Votre rendez-vous est {t}.", "Your appointment is {t}.", "موعدك {t}.", "وعده ملاقات شما {t} است."),
    ("Vous pouvez appeler le {v}.", "You can call {v}.", "يمكنك الاتصال على {v}.", "شما می‌توانید به {v} زنگ بزنید."),
    ("Le montant est de {v}.", "The amount is {v}.", "المبلغ هو {v}.", "مبلغ {v} است."),
    ("Je peux venir {t}.", "I can come {t}.", "أستطيع المجيء {t}.", "من {t} آمده می‌توانم."),
    ("Je ne peux pas venir {t}.", "I cannot come {t}.", "لا أستطيع المجيء {t}.", "من {t} آمده نمی‌توانم."),
    ("Je suis à la maison {t}.", "I am at home {t}.", "أنا في البيت {t}.", "من {t} در خانه هستم."),
    ("Je ne suis pas à la maison {t}.", "I am not at home {t}.", "لست في البيت {t}.", "من {t} در خانه نیستم."),
    ("{b} marche.", "{b} works.", "{b} يعمل.", "{b} کار می‌کند."),
    ("{b} ne marche pas.", "{b} does not work.", "{b} لا يعمل.", "{b} کار نمی‌کند."),
    ("J'ai reçu {m}.", "I have received {m}.", "استلمت {m}.", "من {m} را دریافت کردم."),
    ("Je n'ai pas reçu {m}.", "I have not received {m}.", "لم أستلم {m}.", "من {m} را دریافت نکردم."),
    ("Je ne comprends pas {m}.", "I do not understand {m}.", "لا أفهم {m}.", "من {m} را نمی‌فهمم."),
    ("J'ai payé {v}.", "I have paid {v}.", "دفعت {v}.", "من {v} پرداختم."),
    ("Je n'ai pas payé {v}.", "I have not paid {v}.", "لم أدفع {v}.", "من {v} نپرداختم."),
    ("Mon numéro est le {v}.", "My number is {v}.", "رقمي هو {v}.", "شماره من {v} است."),
    ("Il fait froid chez moi.", "It is cold in my home.", "الجو بارد في بيتي.", "خانه من سرد است."),
    ("Pouvez-vous m'appeler {t} ?", "Can you call me {t}?", "هل يمكنك الاتصال بي {t}؟",
     "آیا می‌توانید {t} به من زنگ بزنید؟"),
)  # fmt: skip


def pairs(source: str, target: str, seed: int = 0) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What is learned, and what is held out: one pair in forty."""
    ours, theirs = LANGUAGES.index(source), LANGUAGES.index(target)
    every = sorted({_lettered(said[ours], said[theirs]) for said in _sentences()})
    random.Random(seed).shuffle(every)  # noqa: S311
    held = [pair for n, pair in enumerate(every) if n % 40 == 0]
    return [pair for n, pair in enumerate(every) if n % 40], held


def _sentences() -> Iterator[tuple[str, ...]]:
    """Each template with each choice of its slots, in every language; values are ``<slot 0>``, ``<slot 1>``."""
    for template in TEMPLATES:
        names = [name for name in SLOTS if f"{{{name}}}" in template[0]]
        for chosen in product(*(SLOTS[name] for name in names)):
            words = dict(zip(names, chosen, strict=True))
            yield tuple(_filled(_tagged(text, ""), words, n) for n, text in enumerate(template))


def _filled(text: str, words: dict[str, tuple[str, ...]], language: int) -> str:
    for name, said in words.items():
        text = text.replace(f"{{{name}}}", _tagged(said[language], name))
    return text[0].upper() + text[1:]


def _tagged(text: str, slot: str) -> str:
    for n in range(text.count("{v}")):
        text = text.replace("{v}", f"<{slot} {n}>", 1)
    return text


def _lettered(source: str, target: str) -> tuple[str, str]:
    """The values as letters, in the order of the source."""
    for letter, tag in zip(LETTERS, dict.fromkeys(re.findall(r"<\w* \d>", source)), strict=False):
        source, target = source.replace(tag, letter), target.replace(tag, letter)
    return source, target
