// A picture with a caption one writes in place, and a gallery of such pictures.
import { Node } from '@tiptap/core';
import { NodeSelection, Plugin, TextSelection } from '@tiptap/pm/state';

import { around } from './places.js';
import { allowedValues, boundedInteger, boundedText } from './schema.js';

const LAYOUTS = allowedValues('gallery', 'layout');

/** The picture and its caption; the picture selects the whole figure, the caption is text. */
class FigureView {
  constructor({ node, view, getPos }, { imageUrl, labels }) {
    Object.assign(this, { node, view, getPos, imageUrl });
    this.dom = document.createElement('figure');
    this.dom.className = 'tx-figure';
    this.picture = document.createElement('div');
    this.picture.className = 'tx-picture';
    this.picture.contentEditable = 'false';
    this.picture.dataset.missing = labels.pictureMissing;
    this.image = document.createElement('img');
    this.image.decoding = 'async';
    this.image.draggable = false;
    this.contentDOM = document.createElement('figcaption');
    this.contentDOM.dataset.placeholder = labels.caption;
    this.picture.append(this.image);
    this.dom.append(this.picture, this.contentDOM);
    this.picture.draggable = true;
    // Once when the press begins, so that it can be dragged, and once more after the browser has
    // put a caret somewhere near.
    this.picture.addEventListener('mousedown', () => this.select());
    this.picture.addEventListener('click', () => this.select());
    this.image.addEventListener('error', () => this.dom.classList.add('is-missing'));
    this.image.addEventListener('load', () => this.dom.classList.remove('is-missing'));
    this.show();
  }

  select() {
    if (!this.view.editable) return;
    const selection = NodeSelection.create(this.view.state.doc, this.getPos());
    this.view.dispatch(this.view.state.tr.setSelection(selection));
    this.view.focus();
  }

  stopEvent(event) {
    return event.type === 'mousedown' && this.picture.contains(event.target);
  }

  async show() {
    const { asset, alt, width } = this.node.attrs;
    this.dom.dataset.asset = asset;
    this.dom.style.setProperty('--tx-width', `${width}%`);
    this.dom.classList.toggle('is-uncaptioned', this.node.content.size === 0);
    this.image.alt = alt;
    const url = await this.imageUrl(asset);
    if (asset === this.node.attrs.asset && this.image.getAttribute('src') !== url) {
      this.image.src = url;
    }
  }

  update(node) {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.show();
    return true;
  }

  ignoreMutation(mutation) {
    return mutation.type !== 'selection' && !this.contentDOM.contains(mutation.target);
  }
}

function figureAttributes() {
  return {
    asset: {
      default: '',
      parseHTML: (el) => boundedText('figure', 'asset', el.dataset.asset),
      renderHTML: ({ asset }) => ({ 'data-asset': asset }),
    },
    alt: {
      default: '',
      parseHTML: (el) => boundedText('figure', 'alt', el.querySelector('img')?.alt),
      rendered: false,
    },
    width: {
      default: 100,
      parseHTML: (el) => boundedInteger('figure', 'width', el.dataset.width),
      renderHTML: ({ width }) => ({ 'data-width': width }),
    },
  };
}

function captionOf(element) {
  return element.querySelector('figcaption') ?? document.createElement('figcaption');
}

/** Depth of the figure that the cursor writes in, or null. */
function captionDepth($pos) {
  return $pos.parent.type.name === 'figure' ? $pos.depth : null;
}

/** Enter in a caption goes on below the picture; in a gallery to the next picture's caption. */
function leaveCaption({ editor }) {
  const { $from, empty } = editor.state.selection;
  const depth = captionDepth($from);
  if (depth === null || !empty) return depth !== null;
  const inGallery = $from.node(depth - 1).type.name === 'gallery';
  const isLast = $from.index(depth - 1) === $from.node(depth - 1).childCount - 1;
  if (inGallery && !isLast) return editor.commands.setTextSelection($from.after(depth) + 1);
  const after = $from.after(inGallery ? depth - 1 : depth);
  return editor.chain().insertContentAt(after, { type: 'paragraph' })
    .setTextSelection(after + 1).scrollIntoView().run();
}

/** Backspace at a caption's start takes hold of the picture instead of pulling the caption out. */
function holdPicture({ editor }) {
  const { $from, empty } = editor.state.selection;
  const depth = captionDepth($from);
  if (depth === null || !empty || $from.parentOffset > 0) return false;
  return editor.commands.setNodeSelection($from.before(depth));
}

function selectedFigure(state) {
  const { node } = state.selection;
  return node?.type.name === 'figure' ? node : null;
}

/** Typing while a picture is selected writes its caption; it must never replace the picture. */
function moveIntoCaption(view) {
  const node = selectedFigure(view.state);
  if (!node) return false;
  const end = view.state.selection.from + 1 + node.content.size;
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, end)));
  return true;
}

/** The range of a figure, or of its gallery when the figure is all that is in it. */
function figureRange(doc, pos) {
  const $pos = doc.resolve(pos);
  const isAlone = $pos.parent.type.name === 'gallery' && $pos.parent.childCount === 1;
  return isAlone ? [$pos.before(), $pos.after()] : [pos, pos + doc.nodeAt(pos).nodeSize];
}

/** Takes out figures without a picture, which ProseMirror makes to keep a gallery filled. */
function sweepPlugin() {
  return new Plugin({
    appendTransaction(transactions, _, state) {
      if (!transactions.some((tr) => tr.docChanged)) return null;
      const places = [];
      state.doc.descendants((node, pos) => {
        if (node.type.name === 'figure' && !node.attrs.asset) places.push(pos);
        return !node.isTextblock;
      });
      if (!places.length) return null;
      const { tr } = state;
      for (const pos of places.reverse()) tr.delete(...figureRange(tr.doc, pos));
      return tr;
    },
  });
}

function captionTypingPlugin() {
  return new Plugin({
    props: {
      handleTextInput(view, _from, _to, text) {
        if (!moveIntoCaption(view)) return false;
        view.dispatch(view.state.tr.insertText(text));
        return true;
      },
      handleDOMEvents: {
        compositionstart(view) {
          moveIntoCaption(view);
          return false;
        },
      },
    },
  });
}

export const Figure = Node.create({
  name: 'figure',
  group: 'block',
  content: 'inline*',
  addOptions: () => ({ imageUrl: () => '', labels: {} }),
  addAttributes: figureAttributes,
  parseHTML: () => [{ tag: 'figure[data-asset]', contentElement: captionOf }],
  renderHTML({ node, HTMLAttributes }) {
    return ['figure', HTMLAttributes, ['img', { alt: node.attrs.alt }], ['figcaption', 0]];
  },
  addNodeView() {
    return (props) => new FigureView(props, this.options);
  },
  addKeyboardShortcuts: () => ({ Enter: leaveCaption, Backspace: holdPicture }),
  addProseMirrorPlugins: () => [captionTypingPlugin(), sweepPlugin()],
});

/** Figures that stand next to the selected one, galleries opened: `{from, to, figures}`. */
export function neighbours(state) {
  const { $from } = state.selection;
  const parent = $from.node(selectedFigure(state) ? $from.depth : $from.depth - 1);
  const depth = selectedFigure(state) ? $from.depth : $from.depth - 1;
  if (!parent || depth < 0 || parent.type.name === 'gallery') return null;
  const isPicture = (index) => ['figure', 'gallery'].includes(parent.maybeChild(index)?.type.name);
  let first = $from.index(depth);
  if (!isPicture(first)) return null;
  let last = first;
  while (isPicture(first - 1)) first -= 1;
  while (isPicture(last + 1)) last += 1;
  const from = $from.posAtIndex(first, depth);
  const figures = [];
  for (let index = first; index <= last; index += 1) {
    const node = parent.child(index);
    if (node.type.name === 'figure') figures.push(node);
    else node.forEach((figure) => figures.push(figure));
  }
  return { from, to: $from.posAtIndex(last + 1, depth), figures, count: last - first + 1 };
}

function joinGallery() {
  return ({ state, tr, dispatch }) => {
    const run = neighbours(state);
    const gallery = state.schema.nodes.gallery;
    if (!run || run.count < 2) return false;
    if (!state.doc.resolve(run.from).parent.type.contentMatch.matchType(gallery)) return false;
    if (dispatch) {
      tr.replaceWith(run.from, run.to, gallery.create(null, run.figures));
      tr.setSelection(NodeSelection.create(tr.doc, run.from));
    }
    return true;
  };
}

/** One long picture becomes a hand-scroll by itself. */
function rollOut() {
  return ({ state, tr, dispatch }) => {
    const { gallery } = state.schema.nodes;
    const found = around(state, 'figure');
    if (!found) return false;
    const $pos = state.doc.resolve(found.pos);
    if ($pos.parent.type === gallery || !$pos.parent.canReplaceWith($pos.index(), $pos.index() + 1, gallery)) return false;
    if (dispatch) {
      tr.replaceWith(found.pos, found.pos + found.node.nodeSize, gallery.create({ layout: 'scroll' }, found.node));
      tr.setSelection(NodeSelection.create(tr.doc, found.pos));
    }
    return true;
  };
}

function splitGallery() {
  return ({ state, tr, dispatch }) => {
    const found = around(state, 'gallery');
    if (!found) return false;
    if (dispatch) tr.replaceWith(found.pos, found.pos + found.node.nodeSize, found.node.content);
    return true;
  };
}

function setGalleryLayout(layout) {
  return ({ state, tr, dispatch }) => {
    const found = around(state, 'gallery');
    if (!found || !LAYOUTS.includes(layout)) return false;
    if (dispatch) tr.setNodeAttribute(found.pos, 'layout', layout);
    return true;
  };
}

export const Gallery = Node.create({
  name: 'gallery',
  group: 'block',
  content: 'figure+',
  addAttributes: () => ({
    layout: {
      default: 'slide',
      parseHTML: (el) => (LAYOUTS.includes(el.dataset.gallery) ? el.dataset.gallery : 'slide'),
      renderHTML: ({ layout }) => ({ 'data-gallery': layout }),
    },
  }),
  parseHTML: () => [{ tag: 'div[data-gallery]' }],
  renderHTML: ({ HTMLAttributes }) => ['div', HTMLAttributes, 0],
  addCommands: () => ({ joinGallery, rollOut, splitGallery, setGalleryLayout }),
});
