// Alignment of paragraphs and headings.
import { Extension } from '@tiptap/core';

import { allowedValues } from './schema.js';

const TYPES = ['paragraph', 'heading'];

/** Read from our own attribute first: a strict style policy cannot take that away. */
function parse(element) {
  const raw = element.dataset.align || element.style.textAlign || element.getAttribute('align');
  const type = /^H\d$/.test(element.tagName) ? 'heading' : 'paragraph';
  return allowedValues(type, 'align').includes(raw) ? raw : null;
}

function render({ align }) {
  return align ? { 'data-align': align, style: `text-align: ${align}` } : {};
}

function setAlign(value) {
  return ({ tr, state, dispatch }) => {
    const { from, to } = state.selection;
    let changed = false;
    state.doc.nodesBetween(from, to, (node, pos) => {
      if (!TYPES.includes(node.type.name)) return;
      if (!allowedValues(node.type.name, 'align').includes(value)) return;
      changed = true;
      if (dispatch) tr.setNodeAttribute(pos, 'align', value);
    });
    return changed;
  };
}

export const Align = Extension.create({
  name: 'align',
  addGlobalAttributes: () => [
    { types: TYPES, attributes: { align: { default: null, parseHTML: parse, renderHTML: render } } },
  ],
  addCommands: () => ({ setAlign }),
  addKeyboardShortcuts() {
    const key = (value) => () => this.editor.commands.setAlign(value);
    return {
      'Mod-Shift-l': key('left'),
      'Mod-Shift-e': key('center'),
      'Mod-Shift-r': key('right'),
      'Mod-Shift-j': key('justify'),
    };
  },
});
