// What is pasted must fit where it lands: a caption holds one line of text, a table cell no
// headings or tables. ProseMirror would tear the figure or table apart to make room instead.
import { Fragment, Slice } from '@tiptap/pm/model';

import { permitted } from '../schema.js';

const CELL = new Set(['tableCell', 'tableHeader']);
const TABLE = new Set(['table', 'tableRow', ...CELL]);

/** 'caption', 'cell' or null: what the selection stands in. */
export function placeKind({ $from }) {
  if ($from.parent.type.name === 'figure') return 'caption';
  for (let { depth } = $from; depth > 0; depth -= 1) {
    if (CELL.has($from.node(depth).type.name)) return 'cell';
  }
  return null;
}

function eachTextblock(fragment, visit) {
  fragment.forEach((node) => {
    if (node.isTextblock) visit(node);
    else eachTextblock(node.content, visit);
  });
}

/** All text of `fragment` as inline nodes, a line break where a block ended. */
function inlineOf(fragment, schema) {
  if (fragment.firstChild?.isInline) return fragment;
  const nodes = [];
  eachTextblock(fragment, (block) => {
    if (!block.content.size) return;
    if (nodes.length) nodes.push(schema.nodes.hardBreak.create());
    block.forEach((child) => nodes.push(child));
  });
  return Fragment.from(nodes);
}

function linesOf(code, schema) {
  const { paragraph } = schema.nodes;
  return code.textContent.split('\n').map((line) => paragraph.create(null, line ? schema.text(line) : null));
}

/** `node` as what a cell may hold: a list of nodes. */
function forCell(node, schema) {
  const { paragraph } = schema.nodes;
  switch (node.type.name) {
    case 'heading':
      return [paragraph.create({ align: node.attrs.align }, node.content)];
    case 'codeBlock':
      return linesOf(node, schema);
    case 'horizontalRule':
      return [];
    case 'blockquote':
    case 'gallery':
    case 'table':
    case 'tableRow':
    case 'tableCell':
    case 'tableHeader':
      return node.children.flatMap((child) => forCell(child, schema));
    default:
      return [node];
  }
}

function isTableSlice({ content }) {
  const names = content.content.map((node) => node.type.name);
  return names.every((name) => TABLE.has(name)) && (names.length === 1 || names[0] !== 'table');
}

function cleanText(fragment) {
  const nodes = [];
  fragment.forEach((node) => {
    if (!node.isText) nodes.push(node.copy(cleanText(node.content)));
    else {
      const text = permitted(node.text);
      if (text) nodes.push(text === node.text ? node : node.type.schema.text(text, node.marks));
    }
  });
  return Fragment.from(nodes);
}

/** `slice` made to fit `selection`. */
export function fitSlice(slice, selection) {
  const { schema } = selection.$from.doc.type;
  const content = cleanText(slice.content);
  const clean = new Slice(content, slice.openStart, slice.openEnd);
  const kind = placeKind(selection);
  if (kind === 'caption') return new Slice(inlineOf(content, schema), 0, 0);
  if (kind !== 'cell' || isTableSlice(clean)) return clean;
  const nodes = content.content.flatMap((node) => forCell(node, schema));
  return Slice.maxOpen(Fragment.from(nodes), false);
}
