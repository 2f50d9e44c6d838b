// schema.json bounds how deep nodes may nest. An edit that would go deeper does not happen.
import { Plugin } from '@tiptap/pm/state';

import { MAX_DEPTH } from './schema.js';

/** Levels of block nodes below `node`. */
export function depthOf(node) {
  let deepest = 0;
  node.forEach((child) => {
    if (child.isBlock) deepest = Math.max(deepest, 1 + depthOf(child));
  });
  return deepest;
}

/** Typing cannot nest anything, and it is most of what happens. */
function isPlainTyping(tr) {
  return tr.steps.every((step) => step.slice && !step.structure && step.slice.openStart === 0
    && step.slice.openEnd === 0 && (step.slice.content.firstChild?.isInline ?? true));
}

export function depthPlugin(onRefused) {
  return new Plugin({
    filterTransaction(tr) {
      if (!tr.docChanged || isPlainTyping(tr) || depthOf(tr.doc) <= MAX_DEPTH) return true;
      onRefused();
      return false;
    },
  });
}
