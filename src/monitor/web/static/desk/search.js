// On a narrow screen what was found comes first: the facets begin folded.
if (matchMedia("(max-width: 63.99rem)").matches) {
  document.querySelector("details.facets")?.removeAttribute("open");
}
