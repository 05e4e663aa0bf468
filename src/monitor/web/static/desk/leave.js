// Signing out leaves no text of a piece on this device: what the desk has not got yet is told first, and goes when it is pressed again.
// piece.js saves what is being typed before; it takes the press away until that is done.
"use strict";
(() => {
  const form = document.querySelector("form[data-sign-out]");
  const notice = document.getElementById("left-behind");
  const pieces = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith("piece:")); } catch { return []; } };
  let told = false;
  addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    if (!told && pieces().length) {
      event.preventDefault();
      told = true;
      notice.className = "notice warn"; // it is none to whoever looks for notices before
      notice.hidden = false;
      notice.querySelector("a").href = `/piece/${pieces()[0].split(":")[1]}`;
      notice.focus();
      return;
    }
    for (const key of pieces()) localStorage.removeItem(key);
  });
})();
