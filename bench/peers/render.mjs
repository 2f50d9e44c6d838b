// node render.mjs TIMES FILE…  →  {peer: {file: {p50, p95, cpu, characters}}} as JSON, milliseconds; cpu is the median of
// what the process computed, its collector and compiler included.
// Each peer makes what it would send to the platform: HTML with every style in its element.
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { renderStyledContent } from "@wenyan-md/core/wrapper";
import juice from "juice";
import { Marked } from "marked";

// As much as our theme says, in the words of a style sheet.
const SHEET = `
section { font-size: 16px; line-height: 1.75; color: #333; letter-spacing: 0.5px; text-align: justify }
p { margin: 0 0 1em } h2 { font-size: 18px; color: #b7342c; margin: 1.5em 0 1em } h3 { font-size: 17px; margin: 1.2em 0 1em }
a { color: #576b95 } strong { color: #b7342c } img { max-width: 100%; display: block; margin: 0 auto }
blockquote { margin: 0 0 1em; padding: 0 1em; border-left: 3px solid #b7342c; color: #666 }
ul, ol { margin: 0 0 1em; padding-left: 1.5em } li { margin: 0 0 0.5em } code { font-size: 14px; color: #b7342c }
table { border-collapse: collapse; width: 100% } td, th { border: 1px solid #ddd; padding: 0.4em 0.6em }`;

const marked = new Marked({ gfm: true });

const PEERS = {
  "@wenyan-md/core": (text) => renderStyledContent(text, { themeId: "default" }),
  "marked + juice": async (text) => juice.inlineContent(`<section>${marked.parse(text)}</section>`, SHEET),
};

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

async function measure(render, text, times) {
  let html = "";
  for (let i = 0; i < 3; i += 1) html = await render(text);
  const taken = [];
  const computed = [];
  for (let i = 0; i < times; i += 1) {
    const began = performance.now();
    const before = process.cpuUsage();
    await render(text);
    const { user, system } = process.cpuUsage(before);
    taken.push(performance.now() - began);
    computed.push((user + system) / 1000);
  }
  for (const list of [taken, computed]) list.sort((a, b) => a - b);
  return { p50: quantile(taken, 0.5), p95: quantile(taken, 0.95), cpu: quantile(computed, 0.5), characters: [...html].length };
}

const [times, ...files] = process.argv.slice(2);
const found = {};
for (const [name, render] of Object.entries(PEERS)) {
  found[name] = {};
  for (const file of files) found[name][file] = await measure(render, readFileSync(file, "utf8"), Number(times));
}
console.log(JSON.stringify(found));
