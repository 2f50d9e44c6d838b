// Before the first paint, so that a dark page does not flash white.
"use strict";
document.documentElement.dataset.theme =
  localStorage.getItem("sandbox-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
