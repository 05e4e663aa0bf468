// Keyboard on pages of story cards: j and k move, o opens. No markup is made here.
"use strict";
(() => {
  const cards = [...document.querySelectorAll("[data-card]")];
  if (!cards.length) return;
  let here = -1;
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
  const go = (to) => {
    cards[here]?.classList.remove("here");
    here = Math.min(Math.max(to, 0), cards.length - 1);
    cards[here].classList.add("here");
    cards[here].querySelector("h3 a").focus({ preventScroll: true });
    cards[here].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j") go(here + 1);
    else if (event.key === "k") go(here - 1);
    else if (event.key === "o" && here >= 0) cards[here].querySelector("h3 a").click();
  });
})();
