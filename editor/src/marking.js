// Marks that lie over the text and are no part of it: they stay on their words while the text changes
// round them, and go when their words go; the page's next list replaces them all.
import { Plugin } from '@tiptap/pm/state';
import { DecorationSet } from '@tiptap/pm/view';

/** `decorationOf(doc, item)` draws an item, or null; a click on it hands it to `onClick`. */
export function markingPlugin(key, decorationOf, onClick) {
  const drawn = (doc, items) => DecorationSet.create(doc, items.map((one) => decorationOf(doc, one)).filter(Boolean));
  /** The smallest under `pos`, so that a word wins over its paragraph. */
  const itemAt = (state, pos) => {
    const hits = key.getState(state).find(pos, pos);
    hits.sort((a, b) => a.to - a.from - (b.to - b.from));
    return hits[0]?.spec.item ?? null;
  };
  return new Plugin({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, old) {
        const items = tr.getMeta(key);
        return items ? drawn(tr.doc, items) : old.map(tr.mapping, tr.doc);
      },
    },
    props: {
      decorations: (state) => key.getState(state),
      handleClick(view, pos) {
        const item = itemAt(view.state, pos);
        if (item) onClick?.(item);
        return false;
      },
    },
  });
}

export function mark(view, key, items) {
  view.dispatch(view.state.tr.setMeta(key, items).setMeta('addToHistory', false));
}
