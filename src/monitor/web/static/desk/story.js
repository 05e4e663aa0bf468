// The story's page: background is fetched into it, citations are copied. Without this file the same are links and fields.
"use strict";
(() => {
  const ready = (root) => {
    for (const button of root.querySelectorAll("[data-cite]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const field = document.getElementById(button.dataset.cite);
        field.select();
        try {
          await navigator.clipboard.writeText(field.value);
        } catch {
          if (!document.execCommand("copy")) return; // it is selected at least
        }
        button.parentElement.querySelector("[role=status]").textContent = button.dataset.done;
        button.focus(); // not the field: single keys go on working
      });
    }
  };
  ready(document);
  const place = document.querySelector("[data-load]");
  if (!place) return;
  const load = async () => {
    try {
      const answer = await fetch(place.dataset.load, { headers: { "X-Desk": "part" } });
      if (!answer.ok || answer.redirected) return; // the link stays
      const news = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
      if (!news) return;
      place.replaceChildren(...news.childNodes);
      ready(place);
    } catch { /* the link stays */ }
  };
  new IntersectionObserver((seen, watch) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    load();
  }, { rootMargin: "600px" }).observe(place);
})();
