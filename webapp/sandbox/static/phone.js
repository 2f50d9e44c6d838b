// The phone's own behaviour: dark mode as the platform converts it, a feed that keeps up, dots under sliding pictures.
"use strict";

const root = document.documentElement;
const toggle = document.querySelector(".dark");

// Dark mode follows https://github.com/wechatjs/mp-darkmode (doc/cn/principle.md, read 2026-11), in short: only inline
// colours are converted; light backgrounds are turned over, bright ones capped, text is moved until it stands 65 apart.
const BACKGROUND = [25, 25, 25];
const TEXT = [163, 163, 163];
const untouched = new Map();

function parse(colour) {
  const parts = colour.match(/^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/);
  if (!parts || parts[4] === "0") return null;
  return parts.slice(1, 4).map(Number);
}

const brightness = ([r, g, b]) => (r * 299 + g * 587 + b * 114) / 1000;

function toHsl([r, g, b]) {
  const [x, y, z] = [r / 255, g / 255, b / 255];
  const high = Math.max(x, y, z), low = Math.min(x, y, z), span = high - low, light = (high + low) / 2;
  if (!span) return [0, 0, light];
  const turn = high === x ? (y - z) / span + (y < z ? 6 : 0) : high === y ? (z - x) / span + 2 : (x - y) / span + 4;
  return [turn / 6, span / (1 - Math.abs(2 * light - 1)), light];
}

function fromHsl([h, s, l]) {
  const channel = (n) => {
    const k = (n + h * 12) % 12;
    return Math.round(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

function darkBackground(colour) {
  if (brightness(colour) > 250) return BACKGROUND;
  const [h, s, l] = toHsl(colour);
  if (s < 0.05 && l > 0.4) return fromHsl([h, s, 1 - l]);
  const scale = Math.min(1, 190 / Math.max(brightness(colour), 1));
  return l > 0.8 ? fromHsl([h, s * 0.6, 0.22]) : colour.map((value) => value * scale);
}

function darkText(colour, behind) {
  const base = brightness(behind);
  if (brightness(colour) > 250 || Math.abs(brightness(colour) - base) >= 65) return colour;
  const [h, s, l] = toHsl(colour);
  const up = base < 128;
  for (let light = up ? Math.max(l, 1 - l) : l; light >= 0 && light <= 1; light += up ? 0.02 : -0.02) {
    const moved = fromHsl([h, s, light]);
    if (Math.abs(brightness(moved) - base) >= 65) return moved;
  }
  return up ? TEXT : [0, 0, 0];
}

function darken(node, behind) {
  let ground = behind;
  if (node.style?.length && !node.closest("svg")) {
    untouched.set(node, node.getAttribute("style"));
    const own = parse(node.style.backgroundColor);
    if (own) {
      ground = darkBackground(own);
      node.style.backgroundColor = `rgb(${ground})`;
    }
    const text = parse(node.style.color);
    if (text) node.style.color = `rgb(${darkText(text, ground)})`;
    const edge = parse(node.style.borderTopColor);
    if (edge && brightness(edge) > 200) node.style.borderColor = "rgb(70, 70, 70)";
  }
  for (const child of node.children) darken(child, ground);
}

function setTheme(theme) {
  root.dataset.theme = theme;
  toggle.setAttribute("aria-pressed", String(theme === "dark"));
  for (const [node, style] of untouched) node.setAttribute("style", style);
  untouched.clear();
  const body = document.getElementById("js_content");
  if (theme === "dark" && body) for (const child of body.children) darken(child, BACKGROUND);
}

setTheme(root.dataset.theme);
toggle.addEventListener("click", () => {
  const theme = root.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("sandbox-theme", theme);
  setTheme(theme);
});

// What was just pushed appears by itself.
const FEED_MS = 3000;

async function refresh() {
  if (document.hidden) return;
  const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!reply.ok) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const selector of ["[data-live]", ".tabs"]) {
    const now = document.querySelector(selector), next = fresh.querySelector(selector);
    if (!now || !next || now.innerHTML === next.innerHTML) continue;
    const more = next.querySelectorAll(".push").length > now.querySelectorAll(".push").length;
    now.replaceChildren(...next.childNodes);
    if (more) now.querySelector(".push")?.classList.add("fresh");
  }
}

if (document.querySelector("[data-live]")) {
  setInterval(() => refresh().catch(() => {}), FEED_MS); // a sandbox that is down is tried again
}

const slides = document.querySelector("[data-slides]");
slides?.addEventListener("scroll", () => {
  const at = Math.round(slides.scrollLeft / slides.clientWidth);
  document.querySelectorAll(".dots span").forEach((dot, index) => dot.classList.toggle("on", index === at));
});
