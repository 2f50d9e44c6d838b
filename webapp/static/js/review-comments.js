// Comments while reviewing: words are chosen in the phone's page, and commented words are marked there.
import { choose, point, threadsIn, watch } from './comments.js';
import { tell } from './desk.js';
import { chosenIn, rangesOf } from './phone-words.js';

const root = document.querySelector('[data-comments]');
const frame = document.querySelector('iframe[data-grows]');
const button = document.querySelector('[data-comment-choice]');
const canWrite = Boolean(root.querySelector('[data-new-comment]'));
let ranges = new Map();

function light(name, list) {
  const { CSS, Highlight } = frame.contentWindow;
  if (Highlight) CSS.highlights.set(name, new Highlight(...list));
}

function go(id) {
  const range = ranges.get(id);
  if (!range) {
    tell('正文里没有这几个字了：原文已改动，批注还留着。');
    return;
  }
  light('pointed', [range]);
  const top = frame.getBoundingClientRect().top + range.getBoundingClientRect().top + window.scrollY;
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  window.scrollTo({ top: top - window.innerHeight / 3, behavior: calm ? 'auto' : 'smooth' });
}

/** A touch on marked words shows what was said about them. */
function threadAt(page, event) {
  for (const [id, range] of ranges) {
    const isHit = [...range.getClientRects()].some((box) => event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom);
    if (isHit) return id;
  }
  return null;
}

function listen() {
  const page = frame.contentDocument;
  if (!page?.getElementById('js_content') || page.documentElement.dataset.listens) return;
  page.documentElement.dataset.listens = '';
  ranges = rangesOf(page, threadsIn(root));
  light('comments', [...ranges.values()]);
  page.addEventListener('click', (event) => {
    const id = threadAt(page, event);
    if (id !== null && page.getSelection().isCollapsed && !event.target.closest('a')) point(root, id);
  });
  if (canWrite) page.addEventListener('selectionchange', () => { button.hidden = !chosenIn(page); });
}

function begin() {
  const words = chosenIn(frame.contentDocument);
  button.hidden = true;
  if (!words) return;
  const form = choose(root, words);
  form.scrollIntoView({ block: 'center' });
  form.querySelector('textarea').focus({ preventScroll: true });
}

watch(root, { onGo: go });
button.addEventListener('click', begin);
// A touch on the button would take the selection away before it is read.
button.addEventListener('pointerdown', (event) => event.preventDefault());
document.addEventListener('keydown', (event) => {
  if (!(event.metaKey || event.ctrlKey) || !event.altKey || event.code !== 'KeyM') return;
  event.preventDefault();
  begin();
});
frame.addEventListener('load', listen);
listen();
if (window.location.hash.startsWith('#comment-')) point(root, window.location.hash.slice('#comment-'.length));
