"""Numbers written out in words: "dix-sept", "siebzehn" and "سبعة عشر" are all 17, so that versions of one event agree on its figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from monitor.pipeline.words import norm, primary

# Units 1…9, then 10…19, then 20, 30 … 90; several forms of one number are separated by "/". "-" means: written as two words.
_SPELLED: dict[str, tuple[str, str, str]] = {
    "fr": (
        "un/une deux trois quatre cinq six sept huit neuf",
        "dix onze douze treize quatorze quinze seize - - -",
        "vingt trente quarante cinquante soixante - - -",
    ),
    "en": (
        "one two three four five six seven eight nine",
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
        "twenty thirty forty fifty sixty seventy eighty ninety",
    ),
    "de": (
        "ein/eins zwei drei vier fünf sechs sieben acht neun",
        "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    ),
    "es": (
        "uno/un/una dos tres cuatro cinco seis siete ocho nueve",
        "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    ),
    "it": (
        "uno/un/una due tre quattro cinque sei sette otto nove",
        "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
        "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    ),
    "pt": (
        "um/uma dois/duas três quatro cinco seis sete oito nove",
        "dez onze doze treze catorze/quatorze quinze dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove",
        "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    ),
    "nl": (
        "een twee drie vier vijf zes zeven acht negen",
        "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
        "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    ),
    "ru": (
        "один/одн два/две/двух трое/три/трех четыре/четверо/четырех пять/пяти шесть/шести семь/семи восемь/восьми девять/девяти",
        "десять/десяти одиннадцат двенадцат тринадцат четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат",
        "двадцат тридцат сорок пятьдесят/пятидесят шестьдесят/шестидесят семьдесят/семидесят восемьдесят/восьмидесят девяност",
    ),
    "uk": (
        "один/одн два/дві/двох три/трьох/троє чотири/чотирьох п’ять/п’яти шість/шести сім/семи вісім/восьми дев’ять/дев’яти",
        "десять/десяти одинадцят дванадцят тринадцят чотирнадцят п’ятнадцят шістнадцят сімнадцят вісімнадцят дев’ятнадцят",
        "двадцят тридцят сорок п’ятдесят шістдесят сімдесят вісімдесят дев’яност",
    ),
    "pl": (
        "jeden/jedna dwa/dwie/dwoch trzy/trzech cztery/czterech piec/pieciu szesc/szesciu siedem/siedmiu osiem/osmiu dziewiec/dziewieciu",
        "dziesięć/dziesięciu jedenas dwanas/dwunas trzynas czternas piętnas szesnas siedemnas osiemnas dziewiętnas",
        "dwadziesc/dwudziest trzydziesc/trzydziest czterdziesc/czterdziest pięćdziesi sześćdziesi siedemdziesi osiemdziesi dziewięćdziesi",
    ),
    "tr": (
        "bir iki üç dört beş altı yedi sekiz dokuz",
        "on - - - - - - - - -",
        "yirmi otuz kırk elli altmış yetmiş seksen doksan",
    ),
    "ar": (
        "واحد/احد/احدى اثنان/اثنين/اثنا/اثني/اثنتا/اثنتي ثلاثة/ثلاث أربعة/أربع خمسة/خمس ستة/ست سبعة/سبع ثمانية/ثماني تسعة/تسع",
        "عشر/عشرة - - - - - - - - -",
        "عشرون/عشرين ثلاثون/ثلاثين أربعون/أربعين خمسون/خمسين ستون/ستين سبعون/سبعين ثمانون/ثمانين تسعون/تسعين",
    ),
    "he": (
        "אחד/אחת/אחת שניים/שתיים/שנים/שתים שלושה/שלוש ארבעה/ארבע חמישה/חמש שישה/שש שבעה/שבע שמונה תשעה/תשע",
        "עשר/עשרה - - - - - - - - -",
        "עשרים שלושים ארבעים חמישים שישים שבעים שמונים תשעים",
    ),
}
_INFLECTED = frozenset({"ru", "uk", "pl", "tr"})
_LONGEST_ENDING = 5
_ENDING_LANGUAGES_SHORTEST = 4
_AND = {"et", "y", "e", "and", "ve"}
_AND_PREFIX = ("و", "ו")
_HAN = re.compile("[一二三四五六七八九]?十[一二三四五六七八九]?")
_HAN_UNITS = {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)}
_LEAST = 10


@lru_cache(maxsize=64)
def _table(language: str) -> dict[str, int]:
    """Every spelled form of a language as a normalised token with its value."""
    spelled = _SPELLED.get(language)
    if spelled is None:
        return {}
    values = (range(1, 10), range(10, 20), range(20, 100, 10))
    table: dict[str, int] = {}
    for row, numbers in zip(spelled, values, strict=True):
        for forms, value in zip(row.split(), numbers, strict=True):
            table.update({norm(form): value for form in forms.split("/") if form != "-"})
    _compose(language, table)
    return table


def _compose(language: str, table: dict[str, int]) -> None:
    """Add the numbers that a language writes as one word: "einunddreißig", "veintiuno", "trentuno"."""
    units = {word: value for word, value in table.items() if value < 10}
    tens = {word: value for word, value in table.items() if value >= 20}
    if language in ("de", "nl"):
        link = "und" if language == "de" else "en"
        table.update({unit + link + ten: units[unit] + tens[ten] for unit in units for ten in tens})
    elif language == "es":
        table.update({"veinti" + unit: 20 + value for unit, value in units.items()})
    elif language == "it":
        for ten, base in tens.items():
            table.update({(ten[:-1] if unit[0] in "uo" else ten) + unit: base + value for unit, value in units.items()})


def _value(token: str, language: str, table: dict[str, int]) -> int:
    """The value of one token, 0 when it is no number word; inflected languages may carry an ending of up to five letters."""
    value = table.get(token, 0)
    if value or language not in _INFLECTED:
        return value
    for cut in range(1, min(_LONGEST_ENDING, len(token) - _ENDING_LANGUAGES_SHORTEST) + 1):
        if (value := table.get(token[:-cut], 0)) >= _LEAST:
            return value
    return 0


def spelled_numbers(tokens: Sequence[str], language: str) -> list[str]:
    """The numbers of two digits written out in words, in order, as digits; tokens are normalised words of the language."""
    language = primary(language)
    table = _table(language)
    if not table:
        return []
    found: list[str] = []
    pending = 0
    for token in tokens:
        bare = token[1:] if token[:1] in _AND_PREFIX and token[1:] in table else token
        value = _value(bare, language, table)
        if not value:
            if token not in _AND:
                _emit(found, pending)
                pending = 0
            continue
        pending = _joined(found, pending, value)
    _emit(found, pending)
    return found


def _joined(found: list[str], pending: int, value: int) -> int:
    """A number word after another: part of the same number ("vingt et un", "سبعة عشر", "quatre-vingt-dix") or a new one."""
    if pending == 4 and value == 20:
        return 80
    tens_then_unit = pending >= 10 and pending % 10 == 0 and value < 10
    unit_then_tens = 0 < pending < 10 and value >= 10 and value % 10 == 0
    french_tens = pending in (60, 80) and 10 <= value < 20
    if tens_then_unit or unit_then_tens or french_tens:
        return pending + value
    _emit(found, pending)
    return value


def _emit(found: list[str], value: int) -> None:
    if value >= _LEAST:
        found.append(str(value))


def han_numbers(text: str) -> list[str]:
    """The numbers from 11 to 99 written with Han signs (十七, 三十一), as digits."""
    found = []
    for match in _HAN.finditer(text):
        before, _, after = match[0].partition("十")
        value = 10 * _HAN_UNITS.get(before, 1) + _HAN_UNITS.get(after, 0)
        if before or after:
            found.append(str(value))
    return found
