// Keyboard on pages of story cards: j and k move, o opens. No markup is made here.
"use strict";
(() => {
  const all = [...document.querySelectorAll("[data-card]")];
  if (!all.length) return;
  let here = null; // a card, so that folding others away or out does not lose the place
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
  const go = (step) => {
    const cards = all.filter((card) => card === here || !card.closest("details:not([open])"));
    if (!cards.length) return;
    const to = here ? cards.indexOf(here) + step : 0;
    here?.classList.remove("here");
    here = cards[Math.min(Math.max(to, 0), cards.length - 1)];
    here.classList.add("here");
    here.querySelector("h3 a").focus({ preventScroll: true });
    here.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "o" && here) here.querySelector("h3 a").click();
  });
})();
