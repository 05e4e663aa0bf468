// What is new since the page was loaded, asked once a minute while somebody looks: cards others moved change where they stand,
// new leads are only counted, and shown when the reader says so.
"use strict";
(() => {
  const slot = document.getElementById("fresh");
  if (!slot) return;
  const { url, moment, section } = slot.dataset;
  const MINUTE = 60_000;
  let seen = moment;
  let timer = 0;

  const ask = async () => {
    try {
      const answer = await fetch(`${url}?${new URLSearchParams({ since: moment, seen, section })}`);
      if (!answer.ok || answer.redirected) return; // signed out meanwhile: the next click says so
      document.dispatchEvent(new CustomEvent("desk:parts", { detail: { text: await answer.text() } }));
      seen = answer.headers.get("X-Desk-Moment") ?? seen;
    } catch { /* asked again in a minute */ }
  };
  const wait = () => {
    clearInterval(timer);
    if (!document.hidden) timer = setInterval(ask, MINUTE);
  };
  document.addEventListener("visibilitychange", () => {
    wait();
    if (!document.hidden) ask();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-show-fresh]")) return;
    document.dispatchEvent(new CustomEvent("desk:keep-place"));
    location.reload();
  });
  wait();
})();
