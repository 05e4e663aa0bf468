"""Tidies extracted text line by line: headline, byline and date at the top, calls to action and notices anywhere, go."""

from __future__ import annotations

import re

from monitor.pipeline.extract_title import squeezed
from monitor.pipeline.extract_tree import same_headline
from monitor.pipeline.moments import read_moment

_TOP = 6  # lines in which headline, byline and date may stand
# Short lines that announce something else than the article, in the languages of the desk's outlets.
_CALLS = re.compile(
    r"^\W*(?:"
    r"advert(?:isement|isment)?s?\b|read (?:more|also|next)\b|(?:also|see) (?:read|also|more)\b|don'?t miss\b|"
    r"related(?: (?:articles?|stories|topics))?\b|recommended\b|"
    r"more (?:from|on|stories)\b|more:|most read|popular$|trending|you may also like|sign up|subscribe|"
    r"get the .{0,60}(?:app|newsletter)|click here|"
    r"follow (?:us|the|\w+ on)|share (?:this|on)|listen to this|watch(?: (?:now|live|more|the))?:|video:|photos?:|images?:|"
    r"all rights reserved|copyright|©|our standards:|image(?: source| caption)?:|picture:|"
    r"lire (?:aussi|plus|la suite|également)|à lire|a lire|voir aussi|abonnez|publicité|newsletter|"
    r"lesen sie (?:auch|hier|dazu|mehr)|auch interessant|mehr (?:zum thema|dazu|lesen)|das könnte sie|anzeige$|werbung$|empfohlener|"
    r"(?:zum|zur) (?:artikel|thema):|siehe auch|fehler gefunden|lees (?:ook|meer)|advertentie|"
    r"le[ea] también|leer más|te puede interesar|más información$|publicidad|leia (?:também|mais)|saiba mais|publicidade|veja também|"
    r"leggi anche|approfondisci|pubblicità|läs (?:också|mer|även)|annons|les også|les mer|læs (?:også|mere)|annonse|annonce|"
    r"czytaj (?:więcej|też|także)|zobacz też|reklama|čtěte také|reklam[ay]?$|čítajte aj|olvasta már|hirdetés|citește și|citeşte şi|"
    r"publicitate|"
    r"читайте также|читай также|смотрите также|подписывайтесь|реклама|читайте також|підписуйтесь|прочетете още|"
    r"ilgili haber|ayrıca oku|abone ol|diğer haber|اقرأ أيضا|اقرأ المزيد|شاهد أيضا|إعلان$|קראו עוד|קרא עוד|ראו גם|"
    r"相关阅读|相关新闻|延伸閱讀|延伸阅读|责任编辑|分享让更多人|関連記事|あわせて読みたい|"
    r"관련기사|무단 ?전재|baca juga|xem thêm|इसे भी पढ़ें|यह भी पढ़ें)",
    re.IGNORECASE,
)
_NOTICES = re.compile(
    r"all rights reserved|无断转载|無断転載|无断转载|무단 ?전재|sign up (?:for|to) (?:our|the)|subscribe to (?:our|the)|newsletter|"
    r"(?:follow|find) us on|download (?:our|the) app|terms of (?:use|service)|privacy policy|©|\(c\) ?\d{4}|"
    r"you (?:can unsubscribe|have been subscribed)|thanks? for signing up|your (?:support|donation)|become a (?:member|subscriber)",
    re.IGNORECASE,
)
_LONGEST_CALL = 160
_LONGEST_NOTICE = 260
_BY = re.compile(r"^(?:by|von|par|por|di|da|door|av|af|przez|text:?|words by|reporting by|автор:?|від|του)\s+", re.IGNORECASE)
_CLOCKS = re.compile(r"\d{1,2}[:.h]\d{2}|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b(?:19|20)\d\d\b")
_DATED = re.compile(
    r"^(?:stand|published|updated|publié|mis à jour|publicado|actualizado|aktualisiert|veröffentlicht|publicerad|uppdaterad|"
    r"opublikowano|опубликовано|güncelleme|pubblicato|aggiornato|last updated|posted|date|data)\b",
    re.IGNORECASE,
)


def tidy(text: str, title: str, authors: tuple[str, ...]) -> str:
    """The text without lines that belong to the page rather than to the article."""
    lines = [line for line in text.split("\n") if line.strip()]
    names = {squeezed(name) for name in authors if len(name) > 4}
    headline = squeezed(title)
    kept = [line for number, line in enumerate(lines) if not (_is_call(line) or (number < _TOP and _is_top_matter(line, headline, names)))]
    return "\n".join(_without_tail(kept))


def _is_call(line: str) -> bool:
    bare = line.lstrip("-•* ").strip()
    return (len(bare) <= _LONGEST_CALL and bool(_CALLS.match(bare))) or (len(bare) <= _LONGEST_NOTICE and bool(_NOTICES.search(bare)))


def _is_top_matter(line: str, headline: str, names: set[str]) -> bool:
    """The headline again, a byline, or a date standing alone."""
    if len(line) > 250:
        return False
    if same_headline(line, headline):
        return True
    if len(line) > 100 or line.rstrip()[-1:] in ".!?。":
        return False
    bare = squeezed(_BY.sub("", line.strip()))
    if bare and (bare in names or (len(bare) < 60 and any(name in bare for name in names))):
        return True
    return bool(_DATED.match(line.strip()) and _CLOCKS.search(line)) or (len(line) < 40 and read_moment(line.strip()) is not None)


def _without_tail(lines: list[str]) -> list[str]:
    """Without headings at the very end that announce nothing any more."""
    while lines and len(lines[-1]) < 40 and lines[-1].rstrip().endswith(":"):
        lines = lines[:-1]
    return lines
