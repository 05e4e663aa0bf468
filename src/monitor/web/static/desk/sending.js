// How far the sending of an edition is, asked every other second while it is under way and somebody looks. No markup is made here.
"use strict";
(() => {
  const look = async () => {
    const part = document.getElementById("sending");
    if (!part?.hasAttribute("data-under-way")) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href);
        if (answer.redirected) return; // signed out meanwhile: the next click says so
        const now = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("sending");
        if (now && !now.hasAttribute("data-under-way")) { location.reload(); return; }
        if (now && !now.isEqualNode(part)) part.replaceWith(now);
      } catch { /* asked again */ }
    }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
})();
