// Pictures on their way to the server. Until one has arrived a placeholder stands in its place,
// outside the document, so that an unfinished upload is never saved; a failed one says why, there.
import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

import { fill } from './labels.js';
import { button, element } from './ui/dom.js';

const key = new PluginKey('placeholders');

export function placeholderPlugin() {
  return new Plugin({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, old) {
        const { add = [], remove = [] } = tr.getMeta(key) ?? {};
        const set = old.map(tr.mapping, tr.doc);
        const gone = set.find(null, null, (spec) => remove.includes(spec.id));
        return set.remove(gone).add(tr.doc, add);
      },
    },
    props: { decorations: (state) => key.getState(state) },
  });
}

/** Where a placeholder stands now, or null when its place was deleted. */
export function placeOf(state, id) {
  return key.getState(state).find(null, null, (spec) => spec.id === id)[0]?.from ?? null;
}

/** Notes on `tr` what placeholders come and go with it: `{pos, id, dom}` and ids. */
export function placeholders(tr, { add = [], remove = [] }) {
  const before = tr.getMeta(key) ?? { add: [], remove: [] };
  const widgets = add.map(({ pos, id, dom }) => Decoration.widget(pos, () => dom, {
    id, side: -1, key: id, ignoreSelection: true, stopEvent: () => true,
  }));
  return tr.setMeta(key, {
    add: [...before.add, ...widgets],
    remove: [...before.remove, ...remove],
  });
}

/** Where a figure may go for a cursor at `pos`: behind the caption's figure, else right there. */
function figurePlace(doc, pos) {
  const $pos = doc.resolve(Math.min(pos, doc.content.size));
  return $pos.parent.type.name === 'figure' ? $pos.after() : $pos.pos;
}

function replaceAt(tr, at, nodes) {
  const $at = tr.doc.resolve(at);
  const isEmptyLine = $at.parent.type.name === 'paragraph' && $at.parent.content.size === 0;
  if ($at.parent.type.name === 'gallery') {
    tr.insert(at, nodes.flatMap((node) => (node.type.name === 'gallery' ? [...node.children] : node)));
  } else if (isEmptyLine) tr.replaceRangeWith($at.before(), $at.after(), nodes[0]);
  else tr.replaceRangeWith(at, at, nodes[0]);
  if ($at.parent.type.name === 'gallery') return;
  for (const node of nodes.slice(1)) tr.insert(endOfLastStep(tr), node);
}

function endOfLastStep(tr) {
  let end = 0;
  tr.mapping.maps[tr.mapping.maps.length - 1].forEach((_a, _b, _c, newEnd) => {
    end = newEnd;
  });
  return end;
}

/** Puts block nodes at `pos`, an empty line there giving way; the place behind them comes back. */
export function insertBlocks(tr, pos, nodes) {
  const steps = tr.steps.length;
  replaceAt(tr, figurePlace(tr.doc, pos), nodes);
  return tr.steps.length === steps ? pos : endOfLastStep(tr);
}

/** The cursor goes behind what was inserted, on a new line when there is none. */
export function continueAfter(tr, end) {
  const $end = tr.doc.resolve(Math.min(end, tr.doc.content.size));
  const { paragraph } = tr.doc.type.schema.nodes;
  if (!$end.nodeAfter && $end.parent.type.contentMatch.matchType(paragraph)) {
    tr.insert($end.pos, paragraph.create());
  }
  return tr.setSelection(TextSelection.near(tr.doc.resolve($end.pos), 1));
}

function blocksOf({ nodes: { figure, gallery } }, pictures, asGallery) {
  const figures = pictures.map(({ id, alt }) => figure.create({ asset: id, alt: alt ?? '' }));
  return asGallery && figures.length > 1 ? [gallery.create(null, figures)] : figures;
}

/** One act of adding pictures: the files, the box that stands for them, what became of each. */
class Upload {
  constructor(manager, files, asGallery) {
    Object.assign(this, { manager, files, asGallery, progress: new Map(), done: 0 });
    this.id = manager.nextId();
    this.urls = files.map((file) => URL.createObjectURL(file));
    const previews = this.urls.map((src) => element('img', { src, alt: '' }));
    this.line = element('p', { class: 'tx-upload-line', role: 'status' });
    this.bar = element('progress', { class: 'tx-upload-bar', max: '1' });
    this.bar.setAttribute('aria-label', manager.labels.picture);
    this.dom = element('div', { class: 'tx-upload', contenteditable: 'false' }, [
      element('div', { class: 'tx-upload-previews' }, previews), this.line, this.bar,
    ]);
    this.tell();
  }

  async run() {
    const results = await Promise.allSettled(this.files.map((file) => this.send(file)));
    this.urls.forEach((url) => URL.revokeObjectURL(url));
    if (this.manager.view.isDestroyed) return;
    const pictures = results.flatMap(({ value }) => value ?? []);
    const failures = results.flatMap(({ status, reason }, index) => (
      status === 'rejected' ? [{ file: this.files[index], reason }] : []));
    this.settle(pictures, failures);
  }

  async send(file) {
    const picture = await this.manager.send(file, (fraction) => {
      this.progress.set(file, fraction);
      this.tell();
    });
    this.done += 1;
    this.progress.set(file, 1);
    this.tell();
    return picture;
  }

  tell() {
    const { labels } = this.manager;
    const total = this.files.length;
    const name = this.files[0].name || labels.picture;
    this.line.textContent = total > 1
      ? fill(labels.uploadingMany, { total, done: this.done })
      : fill(labels.uploading, { name });
    const sent = [...this.progress.values()].reduce((sum, one) => sum + one, 0);
    if (sent) this.bar.value = sent / total;
  }

  /** The placeholder gives way to what has arrived; what has not says so behind it. */
  settle(pictures, failures) {
    const { view } = this.manager;
    const pos = placeOf(view.state, this.id);
    if (pos === null) return;
    const tr = placeholders(view.state.tr, { remove: [this.id] });
    const { selection } = view.state;
    let end = pos;
    if (pictures.length) {
      end = insertBlocks(tr, pos, blocksOf(view.state.schema, pictures, this.asGallery));
      const isHere = selection.empty && Math.abs(selection.from - pos) <= 1;
      if (isHere && !failures.length) continueAfter(tr, end).scrollIntoView();
    }
    const add = failures.map((failure) => this.manager.failureAt(end, failure, this.asGallery));
    view.dispatch(placeholders(tr, { add }));
  }
}

/** Sends pictures and keeps the place of each in the text. `view` is set once it is mounted. */
export class Uploads {
  constructor({ uploadImage, labels, notify }) {
    Object.assign(this, { uploadImage, labels, notify, urls: new Map(), count: 0, view: null });
  }

  nextId() {
    this.count += 1;
    return `tx-upload-${this.count}`;
  }

  /** Sends one picture; a rejection says in a sentence why it did not arrive. */
  async send(file, onProgress) {
    const picture = await this.uploadImage(file, { onProgress });
    if (!picture?.id) throw new Error(this.labels.uploadReason);
    this.urls.set(picture.id, picture.url);
    return picture;
  }

  /** Pictures among `files`; what is none is named to the writer and left out. */
  pictures(files) {
    return [...files].filter((file) => {
      const isPicture = file.type.startsWith('image/') && file.type !== 'image/svg+xml';
      if (!isPicture) this.notify(fill(this.labels.uploadNotPicture, { name: file.name }));
      return isPicture;
    });
  }

  /** Begins to send `files` into the text at `pos`, each on its own or as one gallery. */
  insert(files, pos, { asGallery = false } = {}) {
    const pictures = this.pictures(files);
    if (!pictures.length) return;
    const { tr } = this.view.state;
    const place = this.begin(pictures, figurePlace(tr.doc, pos), asGallery);
    this.view.dispatch(placeholders(tr, { add: [place] }));
  }

  /** Puts pictures that the server has already behind the selection. */
  place({ pictures, asGallery }) {
    const { state } = this.view;
    const { tr } = state;
    for (const { id, url } of pictures) this.urls.set(id, url);
    const end = insertBlocks(tr, state.selection.to, blocksOf(state.schema, pictures, asGallery));
    this.view.dispatch(continueAfter(tr, end).scrollIntoView());
  }

  /** The placeholder for `files` at `pos`; the caller's transaction must add it. */
  begin(files, pos, asGallery = false) {
    const upload = new Upload(this, files, asGallery);
    upload.run();
    return { pos, id: upload.id, dom: upload.dom };
  }

  /** A box that says what went wrong, with the file still at hand for another try. */
  failureAt(pos, { file, reason }, asGallery) {
    const { labels } = this;
    const id = this.nextId();
    const name = file.name || labels.picture;
    const text = fill(labels.uploadFailed, { name, reason: reason?.message || labels.uploadReason });
    const drop = () => this.view.dispatch(placeholders(this.view.state.tr, { remove: [id] }));
    const retry = () => {
      const place = placeOf(this.view.state, id);
      drop();
      if (place !== null) this.insert([file], place, { asGallery });
    };
    const acts = [
      button({ label: labels.uploadRetry, onClick: retry }),
      button({ label: labels.uploadRemove, onClick: drop }),
    ];
    const dom = element('div', { class: 'tx-upload is-failed', contenteditable: 'false' }, [
      element('p', { class: 'tx-upload-line', role: 'alert' }, [text]),
      element('div', { class: 'tx-upload-acts' }, acts),
    ]);
    return { pos, id, dom };
  }
}
