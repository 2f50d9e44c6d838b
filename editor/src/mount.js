// Puts the editor into a page and hands back what the page may ask of it.
import { Editor } from '@tiptap/core';
import { NodeSelection, Selection } from '@tiptap/pm/state';

import { GROUPS } from './actions.js';
import { countCharacters, outline, rangeOf, topPosition } from './blocks.js';
import { chosenWords, commentsPlugin, highlightComments } from './comments.js';
import { depthOf, depthPlugin } from './depth.js';
import { extensions } from './extensions.js';
import { findingsPlugin, highlightFindings } from './findings.js';
import { fill, zh } from './labels.js';
import { Clipboard } from './paste/clipboard.js';
import { around } from './places.js';
import { MAX_DEPTH, schemaSpec } from './schema.js';
import { ContextStrip } from './ui/context.js';
import { element } from './ui/dom.js';
import { openLinkPanel } from './ui/panels.js';
import { Toolbar } from './ui/toolbar.js';
import { Uploads, placeholderPlugin } from './uploads.js';

const EMPTY = { type: 'doc', content: [{ type: 'paragraph' }] };
const QUIET_MS = 200;
const NOTICE_MS = 8000;

const refuse = () => Promise.reject(new Error(''));

/** The editor with everything round it; menus and tools know it as their host. */
class Host {
  constructor(target, options) {
    this.options = options;
    this.labels = { ...zh, ...options.labels };
    this.isFullscreen = false;
    this.root = element('div', { class: 'tx-editor' });
    this.sheet = element('div', { class: 'tx-sheet' });
    this.notice = element('p', { class: 'tx-notice', role: 'status', hidden: '' });
    this.picker = element('input', { type: 'file', accept: 'image/*', hidden: '', tabindex: '-1' });
    this.notify = this.notify.bind(this);
    this.uploads = new Uploads({
      uploadImage: options.uploadImage ?? refuse, labels: this.labels, notify: this.notify,
    });
    this.editor = this.createEditor();
    this.build(target);
    this.listen();
  }

  createEditor() {
    const { labels, options, notify, uploads } = this;
    const clipboard = new Clipboard({ uploads, importHtml: options.importHtml, labels, notify });
    const plugins = [
      placeholderPlugin(), findingsPlugin(options.onFindingClick), commentsPlugin(options.onCommentClick),
      depthPlugin(() => notify(labels.tooDeep)),
    ];
    const editor = new Editor({
      element: this.sheet,
      schemaSpec,
      extensions: extensions({
        labels,
        plugins: (schema) => [...plugins, clipboard.plugin(schema)],
        imageUrl: (id) => uploads.urls.get(id) ?? options.imageUrl?.(id) ?? '',
      }),
      content: EMPTY,
      editable: options.editable !== false,
      injectCSS: false,
      enableInputRules: ['typing'],
      enablePasteRules: false,
      editorProps: {
        attributes: this.editableAttributes(),
        handleKeyDown: (_, event) => this.onKey(event),
        // The cursor must come out from under the toolbar, and from behind the strip on a phone.
        scrollThreshold: { top: 96, bottom: 72, left: 0, right: 0 },
        scrollMargin: { top: 120, bottom: 96, left: 0, right: 0 },
      },
    });
    uploads.view = editor.view;
    return editor;
  }

  editableAttributes() {
    return {
      class: 'tx-content',
      role: 'textbox',
      'aria-multiline': 'true',
      'aria-label': this.labels.editable,
      spellcheck: 'false',
      lang: 'zh-CN',
    };
  }

  build(target) {
    const groups = GROUPS.map((tools) => tools.filter(({ needs }) => !needs || this.options[needs]))
      .filter((tools) => tools.length);
    this.toolbar = new Toolbar(this, { groups, label: this.labels.toolbar, className: 'tx-toolbar' });
    this.context = new ContextStrip(this);
    this.root.append(this.toolbar.dom, this.sheet, this.context.dom, this.notice, this.picker);
    this.setReadable(this.options.editable !== false);
    target.append(this.root);
  }

  listen() {
    const { editor } = this;
    editor.on('transaction', () => this.refreshSoon());
    editor.on('update', () => {
      this.options.onChange?.(editor.getJSON());
      this.tellSoon();
    });
    this.picker.addEventListener('change', () => this.takeFiles());
    this.sheet.addEventListener('click', (event) => {
      if (event.target === this.sheet) this.writeAtEnd();
    });
    this.root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.isFullscreen && !this.closePopover) this.toggleFullscreen();
    });
  }

  /** One look at the state for each frame, however many transactions it had. */
  refreshSoon() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.editor.isDestroyed) this.refresh();
    });
  }

  refresh() {
    this.toolbar.refresh(this.editor);
    this.context.refresh(this.editor);
  }

  tellSoon() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell(), QUIET_MS);
  }

  tell() {
    if (this.editor.isDestroyed) return;
    const { doc } = this.editor.state;
    this.options.onCount?.({ characters: countCharacters(doc) });
    this.options.onOutline?.(outline(doc));
  }

  notify(text) {
    clearTimeout(this.noticing);
    this.notice.hidden = false;
    this.notice.textContent = text;
    this.noticing = setTimeout(() => {
      this.notice.hidden = true;
    }, NOTICE_MS);
  }

  onKey(event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      openLinkPanel(this, this.toolbar.dom.querySelector('[data-tool="link"]'));
      return true;
    }
    // Option makes another character of the letter on a Mac: the key itself is asked.
    if ((event.ctrlKey || event.metaKey) && event.altKey && event.code === 'KeyM' && this.options.onComment) {
      event.preventDefault();
      this.comment();
      return true;
    }
    if (event.altKey && event.key === 'F10') {
      event.preventDefault();
      if (event.shiftKey || !this.context.focus()) this.toolbar.focus();
      return true;
    }
    return false;
  }

  comment() {
    const words = chosenWords(this.editor.state);
    if (words) this.options.onComment(words);
  }

  async chooseImages() {
    const chosen = await this.options.chooseImages();
    if (chosen && !this.editor.isDestroyed) this.uploads.place(chosen);
    this.editor.view.focus();
  }

  askForFiles(purpose) {
    this.purpose = purpose;
    this.picker.multiple = !purpose.replace;
    this.picker.value = '';
    this.picker.click();
  }

  takeFiles() {
    const { asGallery, intoGallery, replace } = this.purpose;
    const { state } = this.editor;
    if (replace) return this.replacePicture(this.picker.files[0]);
    const gallery = intoGallery ? around(state, 'gallery') : null;
    const pos = gallery ? gallery.pos + gallery.node.nodeSize - 1 : state.selection.to;
    return this.uploads.insert(this.picker.files, pos, { asGallery });
  }

  async replacePicture(file) {
    const [picture] = file ? this.uploads.pictures([file]) : [];
    if (!picture) return;
    const old = around(this.editor.state, 'figure')?.node.attrs.asset;
    const name = picture.name || this.labels.picture;
    this.notify(fill(this.labels.uploading, { name }));
    try {
      const { id } = await this.uploads.send(picture, () => {});
      this.notice.hidden = true;
      this.exchange(old, id);
    } catch (error) {
      const reason = error.message || this.labels.uploadReason;
      this.notify(fill(this.labels.uploadFailed, { name, reason }));
    }
  }

  /** The figure may have moved while its new picture was on the way, so it is found by the old. */
  exchange(old, asset) {
    this.editor.commands.command(({ state, tr }) => {
      let pos = around(state, 'figure')?.node.attrs.asset === old ? around(state, 'figure').pos : null;
      state.doc.descendants((node, at) => {
        if (pos === null && node.attrs.asset === old) pos = at;
      });
      if (pos === null) return false;
      tr.setNodeAttribute(pos, 'asset', asset);
      if (state.selection instanceof NodeSelection) tr.setSelection(NodeSelection.create(tr.doc, state.selection.from));
      return true;
    });
  }

  /** A click on the blank paper goes on writing at the end, on a new line if it must. */
  writeAtEnd() {
    if (!this.editor.isEditable) return;
    const { doc } = this.editor.state;
    const isLine = doc.lastChild.type.name === 'paragraph';
    const chain = this.editor.chain();
    if (!isLine) chain.insertContentAt(doc.content.size, { type: 'paragraph' });
    chain.run();
    this.focus('end');
  }

  /** At once, unlike TipTap's own command, so that the next key is not lost. */
  focus(position) {
    const { state, view } = this.editor;
    const ends = { start: Selection.atStart, end: Selection.atEnd };
    if (ends[position]) view.dispatch(state.tr.setSelection(ends[position](state.doc)));
    view.focus();
  }

  toggleFullscreen() {
    this.isFullscreen = !this.isFullscreen;
    this.root.classList.toggle('is-fullscreen', this.isFullscreen);
    document.documentElement.classList.toggle('tx-has-fullscreen', this.isFullscreen);
    this.refresh();
  }

  setReadable(editable) {
    this.root.classList.toggle('is-readonly', !editable);
    this.toolbar.dom.hidden = !editable;
  }

  /** Throws an Error whose message is for people when `json` is not of our schema. */
  setContent(json) {
    const { schema, state, view } = this.editor;
    const node = this.parse(schema, json);
    const tr = state.tr.replaceWith(0, state.doc.content.size, node.content);
    view.dispatch(tr.setMeta('addToHistory', false).setMeta('preventUpdate', true));
    this.tell();
    this.refresh();
  }

  parse(schema, json) {
    try {
      const node = schema.nodeFromJSON(json);
      node.check();
      if (depthOf(node) > MAX_DEPTH) throw new RangeError('nested too deeply');
      return node;
    } catch (cause) {
      // An unreadable body shown as an empty one would be saved as an empty one.
      throw new Error(this.labels.invalidContent, { cause });
    }
  }

  destroy() {
    clearTimeout(this.telling);
    clearTimeout(this.noticing);
    cancelAnimationFrame(this.frame);
    this.closePopover?.();
    this.context.destroy();
    this.editor.destroy();
    if (this.isFullscreen) document.documentElement.classList.remove('tx-has-fullscreen');
    this.root.remove();
  }
}

function scrollToBlock(host, index) {
  const { state, view } = host.editor;
  const pos = topPosition(state.doc, index);
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (pos !== null) view.nodeDOM(pos)?.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
}

function selectRange(host, block, start, end) {
  const range = rangeOf(host.editor.state.doc, block, start, end);
  if (!range) return false;
  host.editor.chain().setTextSelection(range).scrollIntoView().run();
  host.editor.view.focus();
  return true;
}

/** Puts `text` for a finding's words, if they still stand there. */
function replaceText(host, { block, start, end, excerpt }, text) {
  const { state, view } = host.editor;
  const range = rangeOf(state.doc, block, start, end);
  if (!range || state.doc.textBetween(range.from, range.to, '', '\n') !== excerpt) return false;
  view.dispatch(state.tr.insertText(text, range.from, range.to).scrollIntoView());
  return true;
}

/**
 * Mounts an editor at the end of `target`.
 *
 * options: content (document JSON), editable, labels, onChange(json), uploadImage(file,
 * {onProgress(0..1)}) → Promise<{id, url, width, height, alt?}> (a rejection's message is shown),
 * chooseImages() → Promise<{pictures: [{id, url, alt}], asGallery} | null> (without it there is no such tool),
 * imageUrl(asset) → url or Promise<url>, importHtml(html) → Promise<document JSON>,
 * onOutline([{index, block, level, text}]), onCount({characters}), onFindingClick(finding),
 * onComment({block, quote, before, after}) (without it there is no such tool; see comments.js),
 * onCommentClick(comment).
 *
 * Throws when `content` is not of the schema; then nothing is mounted. `index` counts top-level
 * nodes; `block`, `start` and `end` are a finding's (see blocks.js). What comes back:
 * getJSON(), setContent(json) (no change of the writer's: onChange stays silent), focus('start' |
 * 'end' | undefined), scrollToBlock(index), selectRange(block, start, end) → found,
 * highlightFindings(findings), highlightComments([{block, start, end}]) (`start` null: the whole
 * passage), chosenWords() as onComment gets them, replaceText(finding, text) → whether its excerpt still stood there,
 * getOutline(), setEditable(boolean), destroy().
 *
 * CSS: --tx-sticky-top is the height of what is stuck above the toolbar, --column-accent the
 * column's colour; the other colours and faces are the page's tokens.
 */
export function mount(target, options = {}) {
  const host = new Host(target, options);
  try {
    host.setContent(options.content ?? EMPTY);
  } catch (error) {
    host.destroy();
    throw error;
  }
  const { editor } = host;
  return {
    getJSON: () => editor.getJSON(),
    setContent: (json) => host.setContent(json),
    focus: (position) => host.focus(position),
    scrollToBlock: (index) => scrollToBlock(host, index),
    selectRange: (block, start, end) => selectRange(host, block, start, end),
    replaceText: (finding, text) => replaceText(host, finding, text),
    highlightFindings: (findings) => highlightFindings(editor.view, findings),
    highlightComments: (comments) => highlightComments(editor.view, comments),
    chosenWords: () => chosenWords(editor.state),
    getOutline: () => outline(editor.state.doc),
    setEditable: (editable) => {
      host.options = { ...host.options, editable };
      editor.setEditable(editable, false);
      host.setReadable(editable);
      host.refresh();
    },
    destroy: () => host.destroy(),
  };
}
