"""What scripts, letters and little words tell about a language: facts of orthography, no statistics.

Function words and letters settle short headlines, where the statistical model has little to go by; scripts settle most of the rest.
"""

from __future__ import annotations

import re

# script -> (regex class, its languages, the commonest first)
SCRIPTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "kana": ("\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f", ("ja",)),
    "hangul": ("\u1100-\u11ff\u3130-\u318f\uac00-\ud7af", ("ko",)),
    "han": ("\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f", ("zh", "ja")),
    "cyrillic": ("\u0400-\u052f", ("ru", "uk", "bg", "sr", "be", "mk", "kk", "ky", "mn", "tg")),
    "arabic": ("\u0620-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff", ("ar", "fa", "ur", "ps", "ku", "ug", "sd")),
    "hebrew": ("\u05d0-\u05ea\ufb1d-\ufb4f", ("he", "yi")),
    "greek": ("\u0370-\u03ff\u1f00-\u1fff", ("el",)),
    "thai": ("\u0e00-\u0e7f", ("th",)),
    "devanagari": ("\u0900-\u097f", ("hi", "mr", "ne")),
    "bengali": ("\u0980-\u09ff", ("bn", "as")),
    "gurmukhi": ("\u0a00-\u0a7f", ("pa",)),
    "gujarati": ("\u0a80-\u0aff", ("gu",)),
    "odia": ("\u0b00-\u0b7f", ("or",)),
    "tamil": ("\u0b80-\u0bff", ("ta",)),
    "telugu": ("\u0c00-\u0c7f", ("te",)),
    "kannada": ("\u0c80-\u0cff", ("kn",)),
    "malayalam": ("\u0d00-\u0d7f", ("ml",)),
    "sinhala": ("\u0d80-\u0dff", ("si",)),
    "lao": ("\u0e80-\u0eff", ("lo",)),
    "burmese": ("\u1000-\u109f", ("my",)),
    "georgian": ("\u10a0-\u10ff", ("ka",)),
    "ethiopic": ("\u1200-\u137f", ("am", "ti")),
    "armenian": ("\u0530-\u058f", ("hy",)),
    "khmer": ("\u1780-\u17ff", ("km",)),
    "latin": ("A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff", ()),
}
COUNTERS = {name: re.compile(f"[{letters}]") for name, (letters, _) in SCRIPTS.items()}
LANGUAGES_OF = {name: languages for name, (_, languages) in SCRIPTS.items()}
NON_LATIN = frozenset(language for languages in LANGUAGES_OF.values() for language in languages) - {"ku", "tg", "kk", "sr"}
SYLLABIC = frozenset({"kana", "hangul", "han"})  # one character says as much as two or three letters

# Letters used by these languages and not by their neighbours in the same script.
LETTERS: dict[str, dict[str, str]] = {
    "cyrillic": {
        "uk": "іїєґ", "be": "ўі", "ru": "ыэё", "sr": "ђјљњћџ", "mk": "ѓќѕјљњџ", "bg": "ъщ", "kk": "әғқңөұүһі", "mn": "өү", "tg": "ӣӯҳҷқғ",
        "ky": "ңөү",
    },
    "arabic": {"fa": "پچژگک", "ur": "ٹڈڑےںہھ", "ps": "ټډړږښګېۍځڅ", "ku": "ێۆڕڵ", "ug": "ۇۆۈۋې", "ar": "ةىأإؤئ", "sd": "ڪٻڄڇڊ"},
    "latin": {
        "es": "ñ¿¡", "pt": "ãõ", "de": "ßäöü", "fr": "èêëùûœçà", "pl": "łąęśżźćń", "cs": "řěůťď", "sk": "ľĺŕôťď", "sl": "čšž",
        "hr": "čćđšž", "sr": "čćđšž", "bs": "čćđšž", "hu": "őű", "ro": "țșăţâî", "tr": "ğışİ", "az": "əğış", "lt": "ėįųūąę",
        "lv": "āēīūļņķģ",
        "et": "õäöü", "fi": "äö", "sv": "åäö", "no": "åæø", "da": "åæø", "is": "ðþ",
        "vi": "ăđơưạảấầậếềệịọốồộớờợụủứừ", "sq": "ëç", "it": "ìòàè",
    },
}  # fmt: skip
FORBIDDEN: dict[str, dict[str, str]] = {  # letters a language does not write: seen twice, it is hardly that language
    "cyrillic": {
        "ru": "іїєґўђјљњћџѓќѕәғқңұ",
        "uk": "ыэёъўђјљњћџ",
        "bg": "ыэёіїєґўђјљњћџ",
        "sr": "ыэёйщъюяь",
        "be": "ищъ",
        "mk": "ыэёйщъюяь",
    },
    "arabic": {"ar": "ٹڈڑےںہژگپچ", "fa": "ٹڈڑےںةى", "ur": "ةىټډ"},
}

# The commonest little words of languages in Latin script; those shared by many languages count for each of them.
LITTLE_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is on for with as by at from that was are be after his has will over not it its who how what why says",
        "fr": "le la les des du de et en un une dans pour sur au aux par est qui que avec son sa ses ne pas l d après contre leur mais où",
        "es": "el la los las de del y en un una que por con para su sus al se es no más lo como tras sin este pero según ante ser fue",
        "pt": "o a os as de do da dos das e em no na nos nas um uma que por com para ao à se é não mais como após pelo pela foi são às",
        "it": "il lo la i gli le di del della dei delle e in un una che per con su al alla nel nella si è non più da dopo ma dal ai sono",
        "de": "der die das und in den von zu mit ist im für auf dem des ein eine nicht sich bei nach aus als wird am zum zur auch über wie",
        "nl": "de het een van en in op te voor met is dat aan niet zijn er bij naar om uit ook na wordt door over als maar nog geen tot",
        "sv": "och i att en det som på är för av med till den har inte om ett vid från efter sig var så kan ska över mot blir",
        "no": "og i å en det som på er for av med til den har ikke om et ved fra etter seg var så kan skal over mot blir ble mener vil",
        "da": "og i at en det som på er for af med til den har ikke om et ved fra efter sig var så kan skal over mod bliver blev ud vil",
        "fi": "ja on ei se että oli ovat myös kun mutta joka hän sen nyt jo vain ole olla kuin mukaan jälkeen",
        "is": "og í að á er sem um við til en af ekki það með fyrir var hann hún eru frá eftir",
        "pl": "w i na z do się nie to jest że o za po od dla przez ze jak ma są co już przed ale po jego może",
        "cs": "a v na se je z do s že o za pro po si od jako ale by k ve jsou bude při podle už co",
        "sk": "a v na sa je z do s že o za pre po si od ako ale by k vo sú bude pri podľa už čo",
        "sl": "in v na je za se z so da po pri od s ki bo iz tudi do kot ni ne o pa še med proti",
        "hr": "i u na je za se od s su da o iz do kao će ne nije po što sa koji nakon protiv bi",
        "sr": "i u na je za se od s su da o iz do kao će ne nije po što sa koji posle protiv bi i u koje",
        "bs": "i u na je za se od s su da o iz do kao će ne nije po što sa koji nakon protiv bi",
        "hu": "a az és nem is hogy egy meg van de volt már még csak lesz után ki el ez azt mint több",
        "ro": "și în de la a cu pe din o un care nu pentru este că să au sau mai după fost va al ai ale prin lui",
        "lt": "ir į iš su per dėl kad ne bus kaip po prie už nuo tai apie bet jau yra buvo dar",
        "lv": "un ar uz par no ir kā ne pie lai pēc arī vai bet tiek līdz būs bija gadā",
        "et": "ja on ei ta et see oli kui aga ka mis oma pärast eest veel või üle kuid ning",
        "tr": "ve bir bu da de için ile olarak daha çok en ne gibi sonra kadar ki mi olan oldu dedi",
        "id": "dan di yang dari untuk dengan ini itu pada dalam ke akan tidak oleh jadi juga bisa saat telah karena",
        "ms": "dan di yang dari untuk dengan ini itu pada dalam ke akan tidak oleh jadi juga boleh semasa telah kerana",
        "vi": "và của là có cho trong một các được với không người từ khi đến tại những này về đã",
        "sw": "ya na wa kwa ni katika za la cha kuwa hii huo hiyo baada kama watu wake yake",
        "sq": "dhe në të e një për me nga që është si do ka nuk më",
        "af": "die en van in is het nie op vir met wat sy te deur aan om na was",
        "ca": "el la els les de del i en un una que per amb al es no més com després ha són",
        "tl": "ang ng sa na mga ay at si ni para hindi ito kay",
        "so": "oo ka ku iyo ee in la soo waxaa",
    }.items()
}

# How much of the world's news flow the great languages carry: a nudge for texts that say nothing (natural logarithms, zero for the rest).
NEWS_SHARE = {
    "en": 0.9,
    "es": 0.6,
    "fr": 0.5,
    "pt": 0.4,
    "de": 0.5,
    "ru": 0.5,
    "it": 0.3,
    "ar": 0.5,
    "zh": 0.3,
    "tr": 0.2,
    "id": 0.1,
    "hi": 0.3,
}
