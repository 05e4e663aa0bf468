/* A trial or a tagging that is under way: looks every two seconds how far it is, and loads the page again when it is done. */
"use strict";
(() => {
  let waiting = document.querySelector("[data-waiting]");
  if (!waiting) return;
  let tries = 0;
  const look = async () => {
    tries += 1;
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "lab" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const still = page.querySelector("[data-waiting]");
      if (!still) return location.reload();
      if (still.textContent !== waiting.textContent) {
        waiting.replaceWith(still);
        waiting = still;
      }
    } catch { /* the desk may be restarting: look again */ }
    if (tries < 150) setTimeout(look, 2000);
  };
  setTimeout(look, 1500);
})();
