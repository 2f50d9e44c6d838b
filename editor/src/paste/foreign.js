// HTML from Word, WPS, Excel, WeChat and other editors, brought down to what the schema reads.
// The server's clean-up does more (`importHtml`); this stands in when the server cannot answer.
import { buildWordLists } from './wordlists.js';

const NOISE = [
  'script', 'style', 'meta', 'link', 'title', 'xml', 'iframe', 'object', 'embed', 'applet', 'form',
  'input', 'button', 'select', 'textarea', 'svg', 'math', 'canvas', 'video', 'audio', 'noscript',
  'template', 'o\\:p', 'mp-style-type', 'mpvoice', 'mp-common-profile', 'mp-common-videosnap',
].join(',');

const BLOCKS = 'p,h1,h2,h3,h4,h5,h6,ul,ol,li,table,blockquote,pre,hr,section,div,figure,article';
const HIDDEN = /display:\s*none|mso-hide:\s*all|visibility:\s*hidden/i;
const KEPT_STYLES = ['font-weight', 'font-style', 'text-decoration', 'vertical-align', 'text-align'];
const KEPT_ATTRIBUTES = new Set(['href', 'colspan', 'rowspan', 'start', 'alt', 'src', 'style']);
const PICTURE = /^data:(image\/(?:png|jpeg|gif|webp|bmp|avif));base64,/i;

function removeNoise(body) {
  body.querySelectorAll(NOISE).forEach((node) => node.remove());
  body.querySelectorAll('[style]').forEach((node) => {
    if (HIDDEN.test(node.getAttribute('style'))) node.remove();
  });
  const comments = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  found.forEach((comment) => comment.remove());
}

function rename(node, tag) {
  const other = node.ownerDocument.createElement(tag);
  if (node.hasAttribute('style')) other.setAttribute('style', node.getAttribute('style'));
  other.append(...node.childNodes);
  node.replaceWith(other);
  return other;
}

function unwrap(node) {
  node.replaceWith(...node.childNodes);
}

/** Word's title style, and sections that are really paragraphs. */
function nameBlocks(body) {
  body.querySelectorAll('p.MsoTitle').forEach((node) => rename(node, 'h2'));
  body.querySelectorAll('section,div').forEach((node) => {
    const hasText = node.textContent.trim() !== '';
    if (hasText && !node.querySelector(`${BLOCKS},img`)) rename(node, 'p');
  });
}

/** A table of one cell is a frame, and a table in a cell cannot be; their text stays. */
function flattenTables(body) {
  body.querySelectorAll('table').forEach((table) => {
    const cells = table.querySelectorAll('td,th');
    const isNested = table.parentElement.closest('td,th,li');
    if (cells.length !== 1 && !isNested) return;
    const lines = [...cells].flatMap((cell) => [...cell.childNodes, body.ownerDocument.createElement('br')]);
    if (cells.length) lines.pop();
    table.replaceWith(...lines);
  });
}

/** The nearest text-align at or above `node` that is more than a default, or ''. */
function alignOf(node, body) {
  for (let at = node; at && at !== body; at = at.parentElement) {
    const align = at.style.textAlign || at.getAttribute('align');
    if (align) return ['center', 'right'].includes(align) ? align : '';
  }
  return '';
}

function carryAlign(body) {
  body.querySelectorAll('td,th').forEach((cell) => {
    if (cell.querySelector(BLOCKS) || !alignOf(cell, body)) return;
    const line = body.ownerDocument.createElement('p');
    line.append(...cell.childNodes);
    cell.append(line);
  });
  const blocks = [...body.querySelectorAll('p,h1,h2,h3,h4,h5,h6')];
  const aligns = blocks.map((node) => alignOf(node, body));
  blocks.forEach((node, index) => {
    node.style.textAlign = aligns[index];
  });
}

/** A heading is bold by itself; a bold mark within it would only get in the way. */
function plainHeadings(body) {
  body.querySelectorAll('h1,h2,h3,h4,h5,h6').forEach((heading) => {
    heading.querySelectorAll('b,strong').forEach(unwrap);
    heading.querySelectorAll('[style]').forEach((node) => node.style.removeProperty('font-weight'));
    heading.style.removeProperty('font-weight');
  });
}

function stripAttributes(body) {
  body.querySelectorAll('*').forEach((node) => {
    const kept = KEPT_STYLES.map((name) => [name, node.style?.getPropertyValue(name)]);
    for (const { name } of [...node.attributes]) {
      if (!KEPT_ATTRIBUTES.has(name) || name === 'style') node.removeAttribute(name);
    }
    kept.forEach(([name, value]) => value && node.style.setProperty(name, value));
  });
}

/** The picture that an address carries in itself, or null. */
function fileOf(address, index) {
  const [head, type] = PICTURE.exec(address) ?? [];
  if (!type) return null;
  try {
    const bytes = Uint8Array.from(atob(address.slice(head.length)), (c) => c.charCodeAt(0));
    const extension = type.split('/')[1].replace('jpeg', 'jpg');
    return new File([bytes], `${index + 1}.${extension}`, { type });
  } catch {
    // Broken base64.
    return null;
  }
}

function isTracker(image) {
  return [image.getAttribute('width'), image.getAttribute('height')].some((size) => size === '0' || size === '1');
}

/** A figure for a picture whose bytes are at hand (into `files`), a note for any other. */
function readPicture(image, files, lost) {
  const document = image.ownerDocument;
  const file = fileOf(image.getAttribute('src') ?? '', files.length);
  if (!file) return Object.assign(document.createElement('p'), { textContent: lost(image.alt) });
  const figure = document.createElement('figure');
  figure.dataset.asset = `pending:${files.length}`;
  files.push(file);
  const caption = image.closest('figure')?.querySelector('figcaption') ?? document.createElement('figcaption');
  figure.append(Object.assign(document.createElement('img'), { alt: image.alt }), caption);
  return figure;
}

const HOLDERS = new Set(['LI', 'TD', 'TH', 'BLOCKQUOTE', 'DIV', 'SECTION', 'ARTICLE', 'TEMPLATE']);

const isBlank = (node) => !node.textContent.trim() && !node.querySelector('img,figure');

/** Splits paragraphs and inline elements round `block`, so that it stands among blocks. */
function liftOut(block, body) {
  for (let parent = block.parentElement; parent !== body && !HOLDERS.has(parent.tagName); parent = block.parentElement) {
    const rest = parent.cloneNode(false);
    while (block.nextSibling) rest.append(block.nextSibling);
    parent.after(block);
    if (!isBlank(rest)) block.after(rest);
    if (isBlank(parent)) parent.remove();
  }
}

function readPictures(body, lost) {
  const files = [];
  body.querySelectorAll('img').forEach((image) => {
    if (isTracker(image)) return image.remove();
    const block = readPicture(image, files, lost);
    (image.closest('figure') ?? image).replaceWith(block);
    return liftOut(block, body);
  });
  return files;
}

function dropEmptyBlocks(body) {
  const isEmpty = (node) => isBlank(node) && !node.querySelector('td,th');
  body.querySelectorAll('p,h1,h2,h3,h4,h5,h6,section,div,li,ul,ol').forEach((node) => {
    if (body.contains(node) && isEmpty(node)) node.remove();
  });
}

function plainSpaces(body) {
  const texts = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode } = texts;
    currentNode.data = currentNode.data.replace(/\u00a0/g, ' ').replace(/[\u200b\ufeff]/g, '');
  }
}

/**
 * `html` as elements that belong to no page: nothing in them loads or runs, and a template, unlike
 * DOMParser, does not report every foreign style and handler to the page's security policy.
 */
export function parseInert(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  const body = template.content.ownerDocument.createElement('div');
  body.append(template.content);
  return body;
}

/**
 * `{body, files}` of foreign HTML: a detached element for the schema's parser, and the pictures in
 * it, which stand there as figures of the asset "pending:N". `lost(alt)` words the note for a
 * picture that cannot be had from here.
 */
export function readForeign(html, lost) {
  const body = parseInert(html);
  // WeChat loads pictures late: what stands in src until then is a blank.
  body.querySelectorAll('img[data-src]').forEach((image) => image.setAttribute('src', image.dataset.src));
  removeNoise(body);
  buildWordLists(body);
  nameBlocks(body);
  flattenTables(body);
  carryAlign(body);
  plainHeadings(body);
  plainSpaces(body);
  dropEmptyBlocks(body);
  stripAttributes(body);
  const files = readPictures(body, lost);
  return { body, files };
}
