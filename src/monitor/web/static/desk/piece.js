// Writing a piece: the text is saved by itself, at most four seconds after it was typed, and kept on this device until the desk has it.
// Preview, checks and sources come back from the server as parts that replace those of their id. Without this file everything is a form.
"use strict";
(() => {
  const form = document.getElementById("piece");
  const text = document.getElementById("piece-text");
  if (!form || !text) return;
  const fields = ["title", "text", "signature", "language"].map((name) => form.elements[name]);
  const said = document.getElementById("piece-told");
  const behind = document.getElementById("piece-behind");
  const PAUSE = 2000;
  const LONGEST = 4000;
  const AGAIN = 3000;
  const kept = document.getElementById("piece-kept");
  const key = kept.dataset.key;
  const now = () => JSON.stringify(fields.map((field) => field.value));
  let stored = now(); // what the desk has
  let timer = 0;
  let since = 0; // when the first unsaved key was pressed
  let stopped = false; // somebody else's newer version stands: nothing is sent by itself any more
  let queue = Promise.resolve();

  // ── on this device ──
  const keep = () => {
    try { localStorage.setItem(key, JSON.stringify({ values: fields.map((field) => field.value), version: version() })); } catch { /* full or forbidden */ }
  };
  const drop = () => { try { localStorage.removeItem(key); } catch { /* forbidden */ } };
  const left = () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const version = () => document.querySelector("#piece-saved [name=version]").value;
  const before = left();
  if (before?.values && JSON.stringify(before.values) !== stored) {
    kept.querySelector("[data-kept-words]").textContent = before.values[1].slice(-160);
    kept.hidden = false;
    kept.querySelector("[data-kept-take]").addEventListener("click", () => {
      fields.forEach((field, number) => { field.value = before.values[number]; });
      if (before.version !== version()) document.querySelector("#piece-saved [name=version]").value = before.version; // the desk compares
      kept.hidden = true;
      text.focus();
      typed();
    });
    kept.querySelector("[data-kept-drop]").addEventListener("click", () => { kept.hidden = true; drop(); text.focus(); });
  } else drop();

  // ── parts ──
  const swap = (markup) => {
    const news = new DOMParser().parseFromString(markup, "text/html");
    for (const part of [...news.body.children]) {
      const old = part.id && document.getElementById(part.id);
      if (!old || old.isEqualNode(part)) continue;
      const inside = old.contains(document.activeElement) ? document.activeElement : null;
      if (inside && inside.matches("input, textarea, select")) continue; // somebody is typing there: it waits for the next time
      const again = inside && [inside.name, inside.value, inside.getAttribute("formaction")];
      const open = [...old.querySelectorAll("details")].map((one) => one.open);
      old.replaceWith(part);
      part.querySelectorAll("details").forEach((one, number) => { one.open = one.open || open[number] || false; });
      if (again) {
        const same = [...part.querySelectorAll("button")];
        (same.find((one) => one.value === again[1] && one.getAttribute("formaction") === again[2]) ?? same.find((one) => one.value === again[1]) ??
          part.querySelector("button, a"))?.focus({ preventScroll: true });
      }
    }
  };
  const tell = (words) => { const line = document.querySelector("[data-saved]"); if (line && words) line.textContent = words; };
  const post = async (url, data, sent) => {
    let answer = null;
    try {
      answer = await fetch(url, { method: "POST", body: data, headers: { "X-Desk": "part" } });
    } catch { /* told below */ }
    if (answer?.redirected) { location.reload(); return; } // signed out meanwhile: the text is kept on this device
    if (answer && [200, 403, 409].includes(answer.status) && answer.headers.get("Content-Type")?.startsWith("text/html")) {
      const markup = await answer.text();
      if (answer.status === 200) {
        stored = sent;
        swap(markup);
        if (now() === sent) drop();
        watch();
      } else if (answer.status === 409) {
        stopped = true;
        const page = new DOMParser().parseFromString(markup, "text/html");
        behind.querySelector("[data-behind-words]").textContent = page.getElementById("piece-told")?.textContent ?? "";
        behind.hidden = false;
        behind.scrollIntoView({ block: "nearest" });
        tell(form.dataset.unsaved);
      } else location.reload();
      return;
    }
    if (said) said.textContent = form.dataset.lost;
    clearTimeout(timer);
    timer = setTimeout(save, AGAIN);
  };
  const send = (url, extra = []) => {
    queue = queue.then(() => {
      const data = new FormData(form);
      for (const [name, value] of extra) data.set(name, value);
      return post(url, data, now());
    });
    return queue;
  };

  // ── saving ──
  const save = () => {
    clearTimeout(timer);
    timer = 0;
    if (stopped || now() === stored) return;
    since = 0;
    tell(form.dataset.saving);
    send(form.getAttribute("action"), [["auto", "1"]]);
  };
  const typed = () => {
    if (now() === stored) return;
    keep();
    tell(form.dataset.unsaved);
    if (stopped) return;
    since = since || Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  };
  for (const field of fields) field.addEventListener("input", typed);
  addEventListener("pagehide", () => {
    if (now() === stored || stopped) return;
    keep();
    const data = new FormData(form);
    data.set("auto", "1");
    fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { "X-Desk": "part" }, keepalive: true }).catch(() => {});
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      if (!stopped) send(form.getAttribute("action"));
    } else if (event.key === "Enter" && event.target.id === "source-address") {
      event.preventDefault();
      document.querySelector("[formaction$='/source/add']").click();
    }
  });

  // ── buttons ──
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target !== form) { // another form leaves the page: the text goes first
      if (now() === stored || stopped) return;
      event.preventDefault();
      send(form.getAttribute("action"), [["auto", "1"]]).then(() => { if (now() === stored) event.target.requestSubmit(button); });
      return;
    }
    const url = button?.getAttribute("formaction") ?? form.getAttribute("action");
    if (!button || button.hasAttribute("data-part") || url === form.getAttribute("action")) {
      event.preventDefault();
      if (stopped) { behind.scrollIntoView({ block: "nearest" }); return; }
      send(url, button?.name ? [[button.name, button.value]] : []).then(() => {
        if (url.endsWith("/source/add") || url.endsWith("/source/type")) {
          for (const name of ["address", "outlet", "headline", "dated", "tongue", "country", "link"]) form.elements[name].value = "";
        }
      });
      return;
    }
    clearTimeout(timer);
    if (kept.hidden) drop(); // the whole form goes with it
    stored = now();
  });

  // ── order by dragging ──
  let dragged = null;
  const row = (event) => event.target.closest?.("#piece-sources li[data-source]");
  document.addEventListener("dragstart", (event) => {
    dragged = row(event);
    dragged?.classList.add("dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && row(event);
    for (const one of document.querySelectorAll(".sources .over")) one.classList.remove("over");
    if (!over || over === dragged) return;
    event.preventDefault();
    over.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const over = dragged && row(event);
    if (!over || over === dragged) return;
    event.preventDefault();
    const place = [...over.parentElement.children].indexOf(over) + 1;
    send(form.getAttribute("action").replace(/save$/, "source/place"), [["source", dragged.dataset.source], ["place", String(place)]]);
  });
  document.addEventListener("dragend", () => { dragged?.classList.remove("dragged"); dragged = null; });

  // ── a comment is about the words that are chosen ──
  const passage = document.getElementById("comment-passage");
  document.getElementById("comment-note")?.addEventListener("focus", () => {
    const chosen = text.value.slice(text.selectionStart, text.selectionEnd).trim();
    if (passage && !passage.value && chosen) passage.value = chosen.slice(0, 500);
  });

  // ── sources being read ──
  let watching = 0;
  const look = async () => {
    watching = 0;
    try {
      const answer = await fetch(form.dataset.parts, { headers: { "X-Desk": "part" } });
      if (answer.ok && !answer.redirected) {
        const news = new DOMParser().parseFromString(await answer.text(), "text/html");
        const same = news.querySelector("[name=version]")?.value === version();
        for (const part of [...news.body.children]) if (!same && ["piece-saved", "piece-told"].includes(part.id) || part.id === "piece-told") part.remove();
        swap(news.body.innerHTML);
      }
    } catch { /* the next look may succeed */ }
    watch();
  };
  const watch = () => {
    if (!watching && document.querySelector("#piece-sources[data-waiting]")) watching = setTimeout(look, 2000);
  };
  watch();
})();
