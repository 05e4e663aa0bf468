// Triage in place: buttons and keys of a card are sent without leaving the page; what comes back replaces the parts of the same id.
// Without this file the same buttons are forms. No markup is made here.
"use strict";
(() => {
  const base = document.getElementById("triage");
  if (!base) return;
  const shelf = document.getElementById("menu-dismiss")?.parentElement;
  let menu = null; // the open menu: it stands in the card it is about
  let before = Promise.resolve(); // one after another, in the order of the keys
  const emit = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const of = (url) => document.getElementById(`lead-${/\/lead\/([^/]+)/.exec(url)?.[1]}`);

  const close = () => {
    if (!menu) return;
    shelf.append(menu);
    menu = null;
  };
  const open = (name, card) => {
    close();
    menu = document.getElementById(`menu-${name}`);
    menu.action = `${card.dataset.lead}/${name}`;
    menu.elements.seen.value = card.dataset.status;
    card.append(menu);
    menu.querySelector("[name][value]:not([type=hidden])").focus({ preventScroll: true });
    menu.scrollIntoView({ block: "nearest" });
  };

  const swap = (now) => {
    const old = document.getElementById(now.id);
    if (!old || (now.id === "held" && old.textContent === now.textContent)) return;
    if (menu && old.contains(menu)) close();
    if (now.dataset.gone !== undefined) {
      emit("desk:left", { card: old });
      old.remove();
      return;
    }
    if (old.matches("details")) now.open = old.open;
    const focused = old.contains(document.activeElement);
    if (old.matches("li") && !now.matches("li")) {
      old.replaceChildren(now); // a card where a line was
      for (const name of ["id", "data-card"]) old.removeAttribute(name);
    } else old.replaceWith(now);
    emit("desk:swapped", { old, now });
    if (focused && !now.contains(document.activeElement)) now.querySelector("a, button, summary")?.focus({ preventScroll: true });
  };
  const parts = (text) => {
    const news = new DOMParser().parseFromString(text, "text/html");
    for (const part of [...news.body.children]) if (part.id) swap(part);
  };
  document.addEventListener("desk:parts", (event) => parts(event.detail.text));

  const post = async (url, data) => {
    try {
      const answer = await fetch(url, { method: "POST", body: data, headers: { "X-Desk": "part" } });
      if (answer.redirected || answer.status === 403) location.reload(); // signed out meanwhile
      else if (answer.ok) return await answer.text();
    } catch { /* told below */ }
    return null;
  };
  const send = (url, data, card) => {
    data.set("shape", card?.dataset.shape ?? "card");
    before = before.then(() => post(url, data)).then((text) => {
      if (text !== null) return parts(text);
      card?.classList.remove("leaving");
      if (card) card.dataset.card = "";
      document.getElementById("told").textContent = base.dataset.silent;
      return undefined;
    });
  };
  const submit = (form, button) => {
    const url = button?.getAttribute("formaction") || form.getAttribute("action");
    const card = of(url);
    const data = new FormData(form);
    if (button?.name) data.set(button.name, button.value);
    const leaves = /\/(dismiss|snooze)$/.test(url) && card;
    close();
    if (leaves) {
      card.classList.add("leaving");
      card.removeAttribute("data-card");
      emit("desk:left", { card });
    }
    send(url, data, card);
  };

  document.addEventListener("submit", (event) => {
    if ((event.target !== base && !event.target.matches(".menu")) || event.submitter?.hasAttribute("data-leaves")) return;
    event.preventDefault();
    submit(event.target, event.submitter);
  });
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("a[data-act]");
    const card = link?.closest("[data-card]");
    if (card && shelf) {
      event.preventDefault();
      open(link.dataset.act, card);
    } else if (event.target.closest("[data-close]")) shut();
  });
  const shut = () => {
    const card = menu.closest("[data-card]");
    close();
    card.querySelector("h3 a").focus({ preventScroll: true });
  };
  document.addEventListener(
    "keydown",
    (event) => {
      if (!menu || event.ctrlKey || event.metaKey || event.altKey) return;
      const chosen = /^[1-9]$/.test(event.key) && menu.querySelectorAll("button[name]")[event.key - 1];
      if (chosen) submit(menu, chosen);
      else if (event.key === "Escape") shut();
      else return;
      event.preventDefault();
    },
    true,
  );
  document.addEventListener("desk:key", (event) => {
    const { key, card } = event.detail;
    if (key === "j" || key === "k") close();
    else if (key === "u") send(base.dataset.undo, new FormData(base), null);
    else if (!card?.dataset.lead) return;
    else if (key === "c") {
      const button = card.querySelector("[data-act=claim], [data-act=release]");
      if (button) button.click();
      else send(`${card.dataset.lead}/claim`, new FormData(base), card); // told who was first
    } else if (shelf && key === "x") open("dismiss", card);
    else if (shelf && key === "s") open("snooze", card);
  });
})();
