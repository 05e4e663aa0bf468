// Keyboard: j and k move among cards, o opens, w unfolds why, / searches, ? tells the keys. Other keys go to whoever listens to desk:key.
"use strict";
(() => {
  const dialog = document.getElementById("keys");
  const kept = (store, name, value) => {
    try {
      if (value === undefined) return store().getItem(name);
      if (value === null) store().removeItem(name);
      else store().setItem(name, value);
    } catch { /* a browser that keeps nothing */ }
    return null;
  };
  const local = () => localStorage;
  const session = () => sessionStorage;
  const typing = (target) => target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
  const SEARCH = '[data-key="/"], input[type="search"], .nav a[href$="/search"]';
  let here = null; // a card, so that folding others away or out does not lose the place
  let mark = null; // where the place was when its card went

  const cards = () => [...document.querySelectorAll("[data-card]")].filter((card) => card === here || !card.closest("details:not([open])"));
  const stand = (card) => {
    here?.classList.remove("here");
    here = mark = card;
    here.classList.add("here");
    here.querySelector("h3 a").focus({ preventScroll: true });
    here.scrollIntoView({ block: "nearest" });
  };
  const after = (card) => mark.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING;
  const go = (step) => {
    const all = cards();
    if (!all.length) return;
    if (!mark?.isConnected) stand(all[0]);
    else if (all.includes(here)) stand(all[Math.min(Math.max(all.indexOf(here) + step, 0), all.length - 1)]);
    else stand((step > 0 ? all.find(after) : all.findLast((card) => !after(card))) ?? all.at(step > 0 ? -1 : 0));
  };
  const press = (target) => (target.matches("input") ? target.focus() : target.click());

  // The card a reader stands on is replaced, or leaves the queue under them.
  document.addEventListener("desk:swapped", (event) => {
    const { old, now } = event.detail;
    if (old !== here && old !== mark) return;
    if (old === here && now.matches("[data-card]")) stand(now);
    else mark = now;
  });
  document.addEventListener("desk:left", (event) => {
    if (event.detail.card === here) go(1);
  });
  document.addEventListener("desk:stand", (event) => stand(event.detail.card));
  document.addEventListener("desk:keep-place", () => here?.id && kept(session, "place", here.id));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || dialog?.open || typing(event.target)) return;
    if (event.key.length !== 1 || kept(local, "keys") === "off") return;
    const focused = document.activeElement?.closest("[data-card]");
    if (focused && focused !== here) stand(focused);
    const named = document.querySelector(event.key === "/" ? SEARCH : `[data-key="${CSS.escape(event.key)}"]`);
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "o" && here) here.querySelector("h3 a").click();
    else if (event.key === "w" && here) here.querySelector(".why summary")?.click();
    else if (named) {
      event.preventDefault(); // the slash is not to be typed into the search box it leads to
      press(named);
    } else if ("cxs".includes(event.key) && !here) go(1); // the first press shows which lead is meant
    document.dispatchEvent(new CustomEvent("desk:key", { detail: { key: event.key, card: here?.isConnected ? here : null } }));
  });

  if (dialog) {
    const off = dialog.querySelector("[data-keys-off]");
    off.checked = kept(local, "keys") === "off";
    off.addEventListener("change", () => kept(local, "keys", off.checked ? "off" : null));
    for (const button of document.querySelectorAll('[data-key="?"]')) button.addEventListener("click", () => dialog.showModal());
  }
  document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // in a phone's row of names
  const place = document.getElementById(kept(session, "place") ?? "");
  kept(session, "place", null);
  if (place?.matches("[data-card]")) stand(place);
})();
