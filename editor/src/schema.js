// The document's structure is webapp/document/schema.json and nothing else: node and mark names,
// their order, content expressions, attributes, defaults and allowed values all come from that
// file. What follows only adds how ProseMirror should treat a node while somebody edits it.
import source from '../../webapp/document/schema.json';

const EDITING_NODES = {
  heading: { defining: true },
  blockquote: { defining: true },
  listItem: { defining: true },
  codeBlock: { code: true, defining: true },
  figure: { isolating: true },
  gallery: { isolating: true },
  table: { isolating: true },
  tableCell: { isolating: true },
  tableHeader: { isolating: true },
  hardBreak: { selectable: false, linebreakReplacement: true },
};

const EDITING_MARKS = {
  link: { inclusive: false },
  code: { code: true },
};

// ProseMirror wants to be able to make every node that a content expression demands, a gallery's
// figure too. The default below never validates, and figure.js sweeps out what carries it.
const GENERATED = { figure: { asset: '' } };

// The patterns are written so that Python and JavaScript read them alike, code point by code point.
const PATTERNS = Object.fromEntries(
  Object.entries(source.patterns).map(([name, text]) => [name, new RegExp(text, 'u')]),
);
const FORBIDDEN = new RegExp(source.text_forbidden, 'gu');

export const MAX_DEPTH = source.max_depth;

/** `text` without the invisible control characters that no body may hold. */
export function permitted(text) {
  return text.replace(FORBIDDEN, '');
}

function isHref(text) {
  return checkType(source.marks.link.attrs.href, text);
}

/** The address in a form that a link may carry, or null (a script's address, say). */
export function safeHref(raw) {
  const text = String(raw ?? '').trim();
  if (isHref(text)) return text;
  try {
    // Upper case in the scheme, spaces in the path: the URL parser writes them as they should be.
    const { href } = new URL(text);
    return isHref(href) ? href : null;
  } catch {
    return null;
  }
}

/** Length in code points, as Python counts. */
export function characters(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The values that `attribute` of `node` may take. */
export function allowedValues(node, attribute) {
  return source.nodes[node].attrs[attribute].values;
}

export const TONES = source.marks.tone.attrs.name.values;

/** The longest text, in code points, that `attribute` of `node` may hold. */
export function allowedLength(node, attribute) {
  return source.nodes[node].attrs[attribute].max_length;
}

/** `raw` as a whole number within the bounds of schema.json, else the default. */
export function boundedInteger(node, attribute, raw) {
  const { default: fallback, minimum, maximum } = source.nodes[node].attrs[attribute];
  const value = Number.parseInt(raw, 10);
  return Number.isNaN(value) ? fallback : Math.min(maximum, Math.max(minimum, value));
}

/** `raw` cut to the attribute's longest length; the default when it still may not stand. */
export function boundedText(node, attribute, raw) {
  const rule = source.nodes[node].attrs[attribute];
  const text = [...permitted(String(raw ?? ''))].slice(0, rule.max_length).join('');
  return checkType(rule, text) ? text : (rule.default ?? '');
}

function checkType(rule, value) {
  if (rule.values) return rule.values.includes(value);
  if (rule.type === 'integer') {
    return Number.isInteger(value) && value >= rule.minimum && value <= rule.maximum;
  }
  if (typeof value !== 'string' || characters(value) > rule.max_length) return false;
  return permitted(value) === value && (!rule.pattern || PATTERNS[rule.pattern].test(value));
}

function attributeSpec(owner, name, rule) {
  const spec = {
    validate(value) {
      if (rule.nullable && value === null) return;
      if (!checkType(rule, value)) throw new RangeError(`${owner}.${name}: ${value}`);
    },
  };
  if (!rule.required) spec.default = rule.default;
  else if (name in (GENERATED[owner] ?? {})) spec.default = GENERATED[owner][name];
  return spec;
}

function attributeSpecs(owner, rules = {}) {
  const entries = Object.entries(rules);
  return Object.fromEntries(entries.map(([name, rule]) => [name, attributeSpec(owner, name, rule)]));
}

function typeSpecs(types, editing) {
  const entries = Object.entries(types).map(([name, { attrs, ...structure }]) => [
    name,
    { ...structure, ...editing[name], attrs: attributeSpecs(name, attrs) },
  ]);
  return Object.fromEntries(entries);
}

/** The ProseMirror specification; TipTap refuses to start when an extension strays from it. */
export const schemaSpec = {
  topNode: source.top,
  nodes: typeSpecs(source.nodes, EDITING_NODES),
  marks: typeSpecs(source.marks, EDITING_MARKS),
};
