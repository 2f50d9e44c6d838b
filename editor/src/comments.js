// Comments on words of the text: a soft ground under the words, a bar beside a whole passage; and the
// words that a comment is to hang on.
import { PluginKey } from '@tiptap/pm/state';
import { Decoration } from '@tiptap/pm/view';

import { nodeRangeOf, placeOf, rangeOf } from './blocks.js';
import { mark, markingPlugin } from './marking.js';

const AROUND = 32;
const key = new PluginKey('comments');

function decorationOf(doc, comment) {
  const { block, start, end } = comment;
  if (block === null) return null;
  if (start === null) {
    const whole = nodeRangeOf(doc, block);
    return whole && Decoration.node(whole.from, whole.to, { class: 'tx-comment-block' }, { item: comment });
  }
  const range = rangeOf(doc, block, start, end);
  if (!range || range.from === range.to) return null;
  return Decoration.inline(range.from, range.to, { class: 'tx-comment' }, { item: comment });
}

export const commentsPlugin = (onCommentClick) => markingPlugin(key, decorationOf, onCommentClick);

export const highlightComments = (view, comments) => mark(view, key, comments);

/** What is selected, inside the passage where it begins: `{block, quote, before, after}`; without a selection `quote` is
 * empty and the passage is meant. Null where there is no passage. */
export function chosenWords({ doc, selection }) {
  const found = placeOf(doc, selection.from, selection.to);
  if (!found) return null;
  const { block, text, start, end } = found;
  return {
    block,
    quote: text.slice(start, end),
    before: text.slice(Math.max(0, start - AROUND), start),
    after: text.slice(end, end + AROUND),
  };
}
