// Everything that comes in through the clipboard or is dropped, and what goes out to it.
import { DOMParser as SchemaParser, DOMSerializer, Slice } from '@tiptap/pm/model';
import { Plugin, TextSelection } from '@tiptap/pm/state';
import { handlePaste as pasteCells } from '@tiptap/pm/tables';

import { fill } from '../labels.js';
import { safeHref } from '../schema.js';
import { element } from '../ui/dom.js';
import { placeholders } from '../uploads.js';
import { fitSlice, placeKind } from './fit.js';
import { parseInert, readForeign } from './foreign.js';

// Other ProseMirror editors (WeChat's own among them) mark their clipboard alike, so this one
// signs what it copies; only that is read as it stands.
const OWN = 'data-tongxin-slice';
const IMPORT_TIMEOUT_MS = 10_000;

class OwnSerializer extends DOMSerializer {
  serializeFragment(fragment, options, target) {
    const dom = super.serializeFragment(fragment, options, target);
    if (!target) dom.firstElementChild?.setAttribute(OWN, '');
    return dom;
  }
}

function serializerFor(schema) {
  return new OwnSerializer(DOMSerializer.nodesFromSchema(schema), DOMSerializer.marksFromSchema(schema));
}

function hasWords(html) {
  const body = parseInert(html);
  body.querySelectorAll('style,script,title').forEach((node) => node.remove());
  return body.textContent.trim() !== '' || body.querySelector('table') !== null;
}

/** An empty line gives way to what is pasted instead of lending it its own style. */
function overEmptyLine(slice, { $from, empty }) {
  const isEmptyLine = empty && $from.parent.type.name === 'paragraph' && !$from.parent.content.size;
  return isEmptyLine && slice.content.firstChild?.isBlock ? new Slice(slice.content, 0, slice.openEnd) : slice;
}

function within(promise, milliseconds) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('timeout')), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class Clipboard {
  constructor({ uploads, importHtml, labels, notify }) {
    Object.assign(this, { uploads, importHtml, labels, notify, waiting: new Map(), count: 0 });
  }

  plugin(schema) {
    return new Plugin({
      appendTransaction: (transactions) => this.follow(transactions),
      props: {
        clipboardSerializer: serializerFor(schema),
        transformPastedHTML: (html) => (html.includes(OWN) ? html : this.plainly(html)),
        transformPasted: (slice, view) => fitSlice(slice, view.state.selection),
        // Before ProseMirror reads the data itself, which would be for nothing.
        handleDOMEvents: {
          paste: (view, event) => this.handled(event, view.editable && this.paste(view, event)),
          drop: (view, event) => this.handled(event, view.editable && this.drop(view, event)),
        },
      },
    });
  }

  /** Keeps the places of pastes under way on their words. */
  follow(transactions) {
    for (const [id, bookmark] of this.waiting) {
      this.waiting.set(id, transactions.reduce((mark, tr) => mark.map(tr.mapping), bookmark));
    }
    return null;
  }

  lost(alt) {
    return fill(this.labels.pictureLost, { alt: alt?.trim() || this.labels.pictureNoName });
  }

  /** Foreign HTML that took another way in than `paste` and `drop`: cleaned, without pictures. */
  plainly(html) {
    const { body } = readForeign(html, (alt) => this.lost(alt));
    body.querySelectorAll('figure').forEach((figure) => {
      figure.replaceWith(this.lost(figure.querySelector('img')?.alt));
    });
    return body.innerHTML;
  }

  handled(event, isHandled) {
    if (isHandled) event.preventDefault();
    return isHandled;
  }

  paste(view, event) {
    const data = event.clipboardData;
    if (!data || view.state.selection.$from.parent.type.spec.code) return false;
    return this.take(view, data, event) || this.linkSelection(view, data);
  }

  drop(view, event) {
    const data = event.dataTransfer;
    const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
    if (!data || !at || view.dragging) return false;
    const isOurs = data.getData('text/html').includes(OWN);
    if (isOurs || !(data.files.length || data.getData('text/html'))) return false;
    view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(at.pos))));
    return this.take(view, data, event);
  }

  /** True when the data was pictures or foreign HTML and has been seen to. */
  take(view, data, event) {
    const html = data.getData('text/html');
    if (html.includes(OWN)) return false;
    if (data.files.length && !hasWords(html)) {
      const { tr, selection } = view.state;
      if (!selection.empty && !selection.node) view.dispatch(tr.deleteSelection());
      this.uploads.insert(data.files, view.state.selection.to);
      return true;
    }
    if (!html || placeKind(view.state.selection) === 'caption') return false;
    this.takeHtml(view, html, event);
    return true;
  }

  /** An address pasted over words becomes their link. */
  linkSelection(view, data) {
    const { state } = view;
    const href = safeHref(data.getData('text/plain'));
    if (!href || state.selection.empty || !state.selection.$from.sameParent(state.selection.$to)) return false;
    const { from, to } = state.selection;
    view.dispatch(state.tr.addMark(from, to, state.schema.marks.link.create({ href })));
    return true;
  }

  async takeHtml(view, html, event) {
    if (!this.importHtml) return this.insertOwnReading(view, view.state.selection, html, event);
    const id = this.wait(view);
    let slice = null;
    try {
      slice = this.sliceOf(view, await within(Promise.resolve(this.importHtml(html)), IMPORT_TIMEOUT_MS));
    } catch {
      // Refused, unreachable or unreadable: the words are still here, and so is our own reading.
    }
    if (view.isDestroyed) return undefined;
    const selection = this.resume(view, id);
    if (slice) return this.insert(view, selection, { slice, files: [], event });
    this.notify(this.labels.pasteFallback);
    return this.insertOwnReading(view, selection, html, event);
  }

  sliceOf(view, json) {
    const node = view.state.schema.nodeFromJSON(json);
    node.check();
    return Slice.maxOpen(node.content, false);
  }

  insertOwnReading(view, selection, html, event) {
    const { body, files } = readForeign(html, (alt) => this.lost(alt));
    const parser = SchemaParser.fromSchema(view.state.schema);
    const slice = parser.parseSlice(body, { preserveWhitespace: false, context: selection.$from });
    return this.insert(view, selection, { slice, files, event });
  }

  /** Marks the selection as taken by a paste that is being prepared; gives its id. */
  wait(view) {
    this.count += 1;
    const id = `tx-paste-${this.count}`;
    this.waiting.set(id, view.state.selection.getBookmark());
    const dom = element('span', { class: 'tx-pasting', role: 'status', contenteditable: 'false' }, [this.labels.pasting]);
    view.dispatch(placeholders(view.state.tr, { add: [{ pos: view.state.selection.to, id, dom }] }));
    return id;
  }

  resume(view, id) {
    const selection = this.waiting.get(id).resolve(view.state.doc);
    this.waiting.delete(id);
    view.dispatch(placeholders(view.state.tr, { remove: [id] }));
    return selection;
  }

  /** Puts `slice` over `selection` and leaves a cursor that has moved on where it is. */
  insert(view, selection, { slice, files, event }) {
    const fitted = overEmptyLine(fitSlice(slice, selection), selection);
    const elsewhere = view.state.selection.eq(selection) ? null : view.state.selection.getBookmark();
    view.dispatch(view.state.tr.setSelection(selection));
    if (pasteCells(view, event, fitted)) return;
    const tr = view.state.tr.replaceSelection(fitted);
    const add = this.beginPictures(tr, files);
    if (elsewhere) tr.setSelection(elsewhere.map(tr.mapping).resolve(tr.doc));
    view.dispatch(placeholders(tr, { add }).setMeta('paste', true).scrollIntoView());
  }

  /** Exchanges the pending figures in `tr` for placeholders whose upload begins. */
  beginPictures(tr, files) {
    const found = [];
    tr.doc.descendants((node, pos) => {
      const index = /^pending:(\d+)$/.exec(node.attrs.asset ?? '')?.[1];
      if (index && files[index]) found.push({ pos, size: node.nodeSize, file: files[index] });
    });
    const removed = found.reverse().map(({ pos, size, file }) => {
      tr.delete(pos, pos + size);
      return { pos, file, steps: tr.steps.length };
    });
    return removed.reverse().map(({ pos, file, steps }) => (
      this.uploads.begin([file], tr.mapping.slice(steps).map(pos, -1))));
  }
}
