// Word and WPS write a list as paragraphs that carry "mso-list" and their marker as text.

const LEVEL = /mso-list:\s*l\d+\s+level(\d+)/i;
const NUMBER = /^\(?(\d{1,4})[.)．、）]?$/;
const LETTER = /^\(?[a-z]{1,4}[.)）]$/i;
// 一、（二） and ① are part of how an official text is numbered; a phone's list has no such marker.
const CHINESE = /^[（(]?[一二三四五六七八九十百]+[、.．)）]|^第.+[条章节]|^[①-⑳]/;

function levelOf(paragraph) {
  return Number(LEVEL.exec(paragraph.getAttribute('style') ?? '')?.[1] ?? 0);
}

function markerOf(paragraph) {
  const spans = [...paragraph.querySelectorAll('span[style]')];
  return spans.find((span) => /mso-list:\s*ignore/i.test(span.getAttribute('style')));
}

/** `{level, ordered, start, body}` of a paragraph that is a list item, else null. */
function readItem(node) {
  if (node.tagName !== 'P' || !levelOf(node)) return null;
  const marker = markerOf(node);
  const text = marker?.textContent.replace(/\s+/g, '') ?? '';
  if (CHINESE.test(text)) {
    marker.replaceWith(text);
    return null;
  }
  marker?.remove();
  const number = NUMBER.exec(text);
  return {
    level: levelOf(node),
    ordered: Boolean(number) || LETTER.test(text),
    start: number ? Number(number[1]) : 1,
    body: node,
  };
}

function openList(item, parent) {
  const list = parent.ownerDocument.createElement(item.ordered ? 'ol' : 'ul');
  if (item.ordered && item.start !== 1) list.setAttribute('start', item.start);
  parent.append(list);
  return { list, level: item.level, ordered: item.ordered };
}

function appendItem(stack, item) {
  const row = item.body.ownerDocument.createElement('li');
  stack.at(-1).list.append(row);
  row.append(item.body);
}

/** Puts `item` where its level says, opening and closing lists on `stack`. */
function place(stack, item, holder) {
  while (stack.length && stack.at(-1).level > item.level) stack.pop();
  if (stack.at(-1)?.level === item.level && stack.at(-1).ordered !== item.ordered) stack.pop();
  if (stack.at(-1)?.level !== item.level) {
    stack.push(openList(item, stack.at(-1)?.list.lastElementChild ?? holder));
  }
  appendItem(stack, item);
}

function buildIn(parent) {
  let stack = [];
  let holder = null;
  for (const node of [...parent.children]) {
    const item = readItem(node);
    if (item) {
      if (!holder) {
        holder = parent.ownerDocument.createElement('div');
        node.before(holder);
      }
      place(stack, item, holder);
    } else {
      stack = [];
      holder = null;
    }
  }
}

/** Turns such paragraphs anywhere in `body` into ul and ol elements. */
export function buildWordLists(body) {
  const parents = new Set([...body.querySelectorAll('p[style*="mso-list"]')].map((p) => p.parentNode));
  parents.forEach(buildIn);
}
