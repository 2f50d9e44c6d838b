// Places in a text, told as Python tells them (webapp/checks/model.py, Finding): `block` counts the
// text blocks (paragraph, heading, code, caption) in reading order from 0, nested ones included;
// offsets are code points within that block's text, a line break counting one.

/** Calls `visit(node, pos, block)` for each text block until it returns true. */
function eachTextBlock(doc, visit) {
  let block = 0;
  let isDone = false;
  doc.descendants((node, pos) => {
    if (isDone) return false;
    if (!node.isTextblock) return true;
    isDone = visit(node, pos, block) === true;
    block += 1;
    return false;
  });
}

/** `{node, pos}` of text block `block`, or null when there is none. */
function textBlock(doc, block) {
  let found = null;
  eachTextBlock(doc, (node, pos, index) => {
    if (index === block) found = { node, pos };
    return found !== null;
  });
  return found;
}

export function textOf(node) {
  return node.textBetween(0, node.content.size, '', '\n');
}

/** UTF-16 units that the first `count` code points of `text` take. */
function unitsOf(text, count) {
  let units = 0;
  for (let seen = 0; seen < count && units < text.length; seen += 1) {
    units += text.codePointAt(units) > 0xffff ? 2 : 1;
  }
  return units;
}

/** `{from, to}` in the document, cut to the block's end; null without such a block. */
export function rangeOf(doc, block, start, end) {
  const found = textBlock(doc, block);
  if (!found) return null;
  // A text's UTF-16 units and a line break each take one position, so offsets add up.
  const text = textOf(found.node);
  const from = found.pos + 1 + unitsOf(text, start);
  return { from, to: Math.max(from, found.pos + 1 + unitsOf(text, end)) };
}

/** `{from, to}` of the whole text block, its figure included; null without such a block. */
export function nodeRangeOf(doc, block) {
  const found = textBlock(doc, block);
  return found && { from: found.pos, to: found.pos + found.node.nodeSize };
}

/** The text block where `from` lies, or the next one, and which UTF-16 units of its text lie before `to`; null after the last. */
export function placeOf(doc, from, to) {
  let found = null;
  eachTextBlock(doc, (node, pos, block) => {
    const end = pos + 1 + node.content.size;
    if (end < from) return false;
    const start = Math.max(0, from - pos - 1);
    found = { block, text: textOf(node), start, end: Math.max(start, Math.min(to, end) - pos - 1) };
    return true;
  });
  return found;
}

/** Position of the top-level node `index`, or null when there is none. */
export function topPosition(doc, index) {
  if (!Number.isInteger(index) || index < 0 || index >= doc.childCount) return null;
  return doc.resolve(0).posAtIndex(index, 0);
}

/** Headings among the top-level nodes: `index` counts those, `block` the text blocks. */
export function outline(doc) {
  const list = [];
  eachTextBlock(doc, (node, pos, block) => {
    if (node.type.name !== 'heading') return;
    const $pos = doc.resolve(pos);
    if ($pos.depth > 0) return;
    list.push({ index: $pos.index(0), block, level: node.attrs.level, text: textOf(node).trim() });
  });
  return list;
}

// The pattern of webapp/document/text.py: each Chinese character and each full-width mark is one,
// each run of anything else is one.
const WIDE = '\\uf900-\\ufaff\\ufe30-\\ufe4f“”‘’…—·\\u{20000}-\\u{3ffff}';
const COUNTED = new RegExp(
  `[\\u2e80-\\u2fff\\u3001-\\u9fff\\uff01-\\uffef${WIDE}]|[^\\s\\u2e80-\\u9fff\\uff00-\\uffef${WIDE}]+`,
  'gu',
);

/** Characters as Word counts 字数. */
export function countCharacters(doc) {
  let characters = 0;
  eachTextBlock(doc, (node) => {
    characters += textOf(node).match(COUNTED)?.length ?? 0;
  });
  return characters;
}
