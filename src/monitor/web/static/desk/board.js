// The board of an edition: pieces are dragged, or moved by keys, without leaving the page. The answer replaces the board; without this
// file the same buttons are forms. No markup is made here.
"use strict";
(() => {
  let board = document.getElementById("board");
  if (!board) return;
  let dragged = null;
  let before = Promise.resolve(); // one after another, in the order of the keys

  const tell = (text) => {
    const line = document.getElementById("board-told");
    if (line) line.textContent = text;
  };
  const swap = (text, piece) => {
    const now = new DOMParser().parseFromString(text, "text/html").getElementById("board");
    if (!now) return;
    const open = [...board.querySelectorAll("details")].map((one) => one.open);
    board.replaceWith(now);
    board = now;
    [...board.querySelectorAll("details")].forEach((one, place) => { one.open = open[place] ?? one.open; });
    for (const field of document.querySelectorAll('.facts-form [name="seen"]')) field.value = board.dataset.version;
    const moved = piece && document.getElementById(`piece-${piece}`);
    const wish = board.querySelector(".notice button");
    (wish ?? moved)?.focus({ preventScroll: true });
    (wish ?? moved)?.scrollIntoView({ block: "nearest" });
    const column = moved?.closest(".board-column");
    const told = board.querySelector(".notice p")?.textContent;
    const here = column ? `${column.querySelector("h2").textContent.trim()}: ${[...column.querySelectorAll(".piece-slot")].indexOf(moved) + 1}` : "";
    tell(told ?? (moved ? `${moved.getAttribute("aria-label")} – ${here || document.getElementById("tray").textContent.trim()}` : ""));
  };
  const post = async (url, data) => {
    try {
      const answer = await fetch(url, { method: "POST", body: data, headers: { "X-Desk": "part" } });
      if (answer.redirected || answer.status === 403) location.reload(); // signed out meanwhile
      else if (answer.ok || answer.status === 409) return await answer.text();
    } catch { /* told below */ }
    return null;
  };
  const send = (url, make, piece) => {
    before = before.then(() => post(url, make())).then((text) => (text === null ? tell(board.dataset.lost) : swap(text, piece)));
  };
  // Key after key: each change names the version the one before it made.
  const put = (piece, where) => send(board.dataset.place, () => {
    const form = document.querySelector(`#piece-${CSS.escape(piece)} form`) ?? board.querySelector("[data-board-form]");
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.set("piece", piece);
    data.set("seen", board.dataset.version);
    for (const [name, value] of Object.entries(where())) data.set(name, value);
    return data;
  }, piece);

  const columns = () => [...board.querySelectorAll(".board-column")];
  const item = (piece) => document.getElementById(`piece-${piece}`);
  const standing = (piece) => {
    const column = item(piece)?.closest("[data-section]");
    return { section: column?.dataset.section ?? "", position: column ? [...column.querySelectorAll(".piece-slot")].indexOf(item(piece)) + 1 : 0 };
  };
  const beside = (piece, step) => () => {
    const all = columns().map((one) => one.dataset.section);
    const at = all.indexOf(standing(piece).section);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    return next === at ? standing(piece) : { section: all[next], position: 999 };
  };
  const along = (piece, step) => () => {
    const now = standing(piece);
    return { section: now.section, position: Math.max(1, now.position + step) };
  };

  document.addEventListener("keydown", (event) => {
    const slot = event.target.closest?.(".piece-slot[draggable]");
    if (!slot || event.target !== slot || event.ctrlKey || event.metaKey || event.altKey) return;
    const piece = slot.dataset.piece;
    const moves = { ArrowUp: () => along(piece, -1), ArrowDown: () => along(piece, 1), ArrowLeft: () => beside(piece, -1), ArrowRight: () => beside(piece, 1) };
    const placed = slot.closest(".board-column");
    if (event.shiftKey && moves[event.key] && (placed || /Left|Right/.test(event.key))) put(piece, moves[event.key]());
    else if (!event.shiftKey && /^[1-9]$/.test(event.key) && columns()[event.key - 1]) {
      const { section } = columns()[event.key - 1].dataset;
      put(piece, () => ({ section, position: 999 }));
    } else if (!event.shiftKey && (event.key === "0" || event.key === "Delete") && placed) put(piece, () => ({ section: "", position: 1 }));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-board-form]")) return;
    event.preventDefault();
    const form = event.target;
    const data = new FormData(form);
    if (event.submitter?.name) data.set(event.submitter.name, event.submitter.value);
    send(form.getAttribute("action"), () => data, data.get("piece"));
  });

  // ── drag ──
  const over = (target) => target.closest?.("[data-section]");
  const clear = () => board.querySelectorAll(".over").forEach((one) => one.classList.remove("over"));
  document.addEventListener("dragstart", (event) => {
    const slot = event.target.closest?.(".piece-slot[draggable]");
    if (!slot) return;
    dragged = slot.dataset.piece;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", slot.getAttribute("aria-label"));
  });
  document.addEventListener("dragend", () => { dragged = null; clear(); });
  document.addEventListener("dragover", (event) => {
    if (!dragged || !over(event.target)) return;
    event.preventDefault();
    clear();
    (event.target.closest(".piece-slot") ?? over(event.target)).classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const column = dragged && over(event.target);
    if (!column) return;
    event.preventDefault();
    const piece = dragged;
    const others = [...column.querySelectorAll(".piece-slot")].filter((one) => one.dataset.piece !== piece);
    const onto = event.target.closest(".piece-slot");
    const box = onto?.getBoundingClientRect();
    const lower = box && event.clientY > box.top + box.height / 2 ? 1 : 0;
    const at = onto && others.includes(onto) ? others.indexOf(onto) + 1 + lower : 999;
    clear();
    put(piece, () => ({ section: column.dataset.section, position: at }));
  });
})();
