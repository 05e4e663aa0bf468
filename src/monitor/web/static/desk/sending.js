// How far the sending of an edition is, asked every other second while it is under way and somebody looks; no more
// once 150 answers in a row told nothing new. No markup is made here.
"use strict";
(() => {
  let tries = 0;
  const look = async () => {
    const part = document.getElementById("sending");
    if (!part?.hasAttribute("data-under-way")) return;
    if (!document.hidden) {
      tries += 1;
      try {
        const answer = await fetch(location.href);
        if (answer.redirected) return; // signed out meanwhile: the next click says so
        const now = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("sending");
        if (now && !now.hasAttribute("data-under-way")) { location.reload(); return; }
        if (now && !now.isEqualNode(part)) { part.replaceWith(now); tries = 0; }
      } catch { /* asked again */ }
    }
    if (tries < 150) setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
})();
