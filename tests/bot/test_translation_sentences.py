"""Text is cut into sentences in every script, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.translation.sentences import pieces, sentences

CUT = [
    ("Bonjour. Je viendrai jeudi.", ["Bonjour.", "Je viendrai jeudi."]),
    ("M. Dupont viendra avec Mme. Martin. Merci.", ["M. Dupont viendra avec Mme. Martin.", "Merci."]),
    ("Voir art. 12 et n° 3. Merci !", ["Voir art. 12 et n° 3.", "Merci !"]),
    ("Le montant est de 1.250,50 euros. Payez-le.", ["Le montant est de 1.250,50 euros.", "Payez-le."]),
    ("Rendez-vous le 12.03.2026 à 10.30. À jeudi.", ["Rendez-vous le 12.03.2026 à 10.30.", "À jeudi."]),
    ("Appelez le 01.23.45.67.89. Merci.", ["Appelez le 01.23.45.67.89.", "Merci."]),
    ("Je ne sais pas… peut-être demain. Ah… Bon.", ["Je ne sais pas… peut-être demain.", "Ah…", "Bon."]),
    ("Attendez... Je reviens.", ["Attendez...", "Je reviens."]),
    ("Il a dit : « Je viens. » Puis il est parti.", ["Il a dit : « Je viens. »", "Puis il est parti."]),
    ("Vraiment ?! Oui.", ["Vraiment ?!", "Oui."]),
    ("Écrivez à J. Petit. Il répondra.", ["Écrivez à J. Petit.", "Il répondra."]),
    ("Dr. Smith will come at 5 p.m. on Monday. Call me.", ["Dr. Smith will come at 5 p.m. on Monday.", "Call me."]),
    ("¿Puede venir? Sí.", ["¿Puede venir?", "Sí."]),
    ("هل يمكنك الحضور؟ نعم. شكرا.", ["هل يمكنك الحضور؟", "نعم.", "شكرا."]),
    ("آیا می‌آیید؟ بلی.", ["آیا می‌آیید؟", "بلی."]),
    ("ایا راځئ؟ هو۔ مننه۔", ["ایا راځئ؟", "هو۔", "مننه۔"]),
    ("আপনি কি আসবেন? হ্যাঁ। ধন্যবাদ।", ["আপনি কি আসবেন?", "হ্যাঁ।", "ধন্যবাদ।"]),
    ("Sayın Dr. Yılmaz gelecek. Teşekkürler.", ["Sayın Dr. Yılmaz gelecek.", "Teşekkürler."]),
    ("Живу на ул. Мира, д. 5. Позвоните мне.", ["Живу на ул. Мира, д. 5.", "Позвоните мне."]),
    ("Мешкаю на вул. Шевченка, буд. 3. Дякую!", ["Мешкаю на вул. Шевченка, буд. 3.", "Дякую!"]),
    ("O Sr. Silva vem amanhã. Obrigado.", ["O Sr. Silva vem amanhã.", "Obrigado."]),
    ("Locuiesc pe str. Lungă nr. 4. Vă rog să sunați.", ["Locuiesc pe str. Lungă nr. 4.", "Vă rog să sunați."]),
    ("Z. Hoxha vjen nesër. Faleminderit.", ["Z. Hoxha vjen nesër.", "Faleminderit."]),
    ("Voici :\n- le contrat\n- la facture", ["Voici :", "le contrat", "la facture"]),
    ("1. Fermez les volets. 2. Aérez.", ["Fermez les volets.", "2.", "Aérez."]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CUT)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert list(sentences(text)) == expected


@given(st.text(alphabet="aA1 .!?…؟۔।\n«»\"'()-é٣‏\r\t", max_size=60))
def test_the_pieces_give_the_text_back(text):
    assert "".join(piece.text + piece.after for piece in pieces(text)) == text


def test_line_breaks_stand_between_the_sentences():
    assert [(piece.text, piece.after) for piece in pieces("Un.\n\nDeux. Trois.\n")] == [
        ("Un.", "\n"), ("", "\n"), ("Deux.", " "), ("Trois.", "\n")]  # fmt: skip
