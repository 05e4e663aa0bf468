/* The form of an alert shows what would have matched while somebody types: half a second after the last key. The button does the same. */
"use strict";
(() => {
  const form = document.querySelector("form[data-preview]");
  const text = form?.querySelector("textarea[name=q]");
  const place = document.getElementById("preview");
  if (!form || !text || !place || text.readOnly) return;
  let timer = 0;
  let asked = text.value.trim();
  let waiting = null;
  const look = async () => {
    const q = text.value.trim();
    if (q === asked) return;
    asked = q;
    waiting?.abort();
    if (!q) { place.replaceChildren(); return; }
    waiting = new AbortController();
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${form.dataset.preview}?${new URLSearchParams({ q })}`, { signal: waiting.signal });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...page.body.childNodes);
      const wrong = place.querySelector("#q-wrong");
      if (wrong) { text.setAttribute("aria-invalid", "true"); text.setAttribute("aria-describedby", "q-wrong"); }
      else { text.removeAttribute("aria-invalid"); text.removeAttribute("aria-describedby"); }
    } catch { /* a newer question took over, or the desk may be restarting: the button still works */ }
    place.removeAttribute("aria-busy");
  };
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 500); });
})();
