// Words in the phone's page, which is drawn from the text and sets blanks of its own: blanks do not count.

/** Every letter of the article but blanks, and where it stands. */
function letters(page) {
  const body = page.getElementById('js_content');
  const walker = page.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.data.length; at += 1) {
      if (/[\s\u200b\u2060\ufeff]/.test(node.data[at])) continue;
      found.push({ letter: node.data[at], node, at });
    }
  }
  return found;
}

/** Where the `nth` of the same words begins, counted from 0; -1 when there are not so many. */
function indexOf(text, words, nth) {
  let at = text.indexOf(words);
  for (let seen = 0; seen < nth && at >= 0; seen += 1) at = text.indexOf(words, at + 1);
  return at;
}

/** A range for each thread whose words are found. */
export function rangesOf(page, threads) {
  const all = letters(page);
  const text = all.map(({ letter }) => letter).join('');
  const ranges = new Map();
  for (const { id, words, nth } of threads) {
    const start = words ? indexOf(text, words, nth) : -1;
    if (start < 0) continue;
    const range = page.createRange();
    range.setStart(all[start].node, all[start].at);
    const last = all[start + words.length - 1];
    range.setEnd(last.node, last.at + 1);
    ranges.set(id, range);
  }
  return ranges;
}

const AROUND = 60;

/** What is selected in the phone's page, with what stands around it; null when nothing of the article is. */
export function chosenIn(page) {
  const selection = page.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const body = page.getElementById('js_content');
  if (!body?.contains(range.commonAncestorContainer)) return null;
  const [first] = range.toString().trim().split('\n');
  if (!first) return null;
  const before = page.createRange();
  before.setStart(body, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const after = page.createRange();
  after.setStart(range.endContainer, range.endOffset);
  after.setEnd(body, body.childNodes.length);
  return { quote: first, before: before.toString().slice(-AROUND), after: after.toString().slice(0, AROUND) };
}
