// Underlines for what the checks found.
import { PluginKey } from '@tiptap/pm/state';
import { Decoration } from '@tiptap/pm/view';

import { nodeRangeOf, rangeOf } from './blocks.js';
import { mark, markingPlugin } from './marking.js';

const key = new PluginKey('findings');

/** A finding on a whole block, or on its picture's alt text. */
function blockDecoration(doc, finding, attributes) {
  const range = nodeRangeOf(doc, finding.block);
  if (!range) return null;
  const block = { ...attributes, class: `${attributes.class} tx-finding-block` };
  return Decoration.node(range.from, range.to, block, { item: finding });
}

function decorationOf(doc, finding) {
  const { block, start, end, field } = finding;
  if (block === null || block === undefined) return null;
  const kind = finding.severity === 'must' ? 'must' : 'should';
  const attributes = { class: `tx-finding tx-finding-${kind}`, title: finding.message };
  if (field || start === null || start === undefined) return blockDecoration(doc, finding, attributes);
  const range = rangeOf(doc, block, start, end ?? start);
  if (!range || range.from === range.to) return null;
  return Decoration.inline(range.from, range.to, attributes, { item: finding });
}

export const findingsPlugin = (onFindingClick) => markingPlugin(key, decorationOf, onFindingClick);

export const highlightFindings = (view, findings) => mark(view, key, findings);
