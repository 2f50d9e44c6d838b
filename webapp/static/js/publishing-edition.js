// One push: copying a body with its looks.
import { tell } from './desk.js';
import './dismiss.js';

function readAsAddress(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function fetchPicture(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(String(response.status));
  return readAsAddress(await response.blob());
}

/** The body with its pictures inside: the official account's editor cannot fetch them from here. The HTML stays a string,
    since this page's rules would take the looks out of it. */
async function fetchBody(address) {
  const response = await fetch(address, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(String(response.status));
  const { html, text, pictures } = await response.json();
  const inside = await Promise.all(pictures.map(fetchPicture));
  const whole = pictures.reduce((done, picture, i) => done.replaceAll(`"${picture}"`, `"${inside[i]}"`), html);
  return { html: whole, text };
}

async function copyBody(button) {
  const body = fetchBody(button.dataset.copiesHtml);
  // The promises go into the item at once: a browser takes the click for consent only so long.
  const item = new ClipboardItem({
    'text/html': body.then((found) => new Blob([found.html], { type: 'text/html' })),
    'text/plain': body.then((found) => new Blob([found.text], { type: 'text/plain' })),
  });
  await navigator.clipboard.write([item]);
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copies-html]');
  if (!button) return;
  button.classList.add('is-busy');
  try {
    await copyBody(button);
    tell('正文已复制，到公众号编辑器里粘贴。');
  } catch {
    tell('没有复制成：请刷新再试；浏览器若问是否允许复制，请选允许。');
  }
  button.classList.remove('is-busy');
});

// The page loads itself anew when a push ends; whoever has already asked for another page is not called back from the way.
const LEAVING_MS = 10_000;
let leavingUntil = 0;
addEventListener('beforeunload', () => { leavingUntil = Date.now() + LEAVING_MS; });
document.addEventListener('htmx:beforeOnLoad', (event) => {
  if (Date.now() < leavingUntil && event.detail.xhr.getResponseHeader('HX-Refresh')) event.preventDefault();
});
