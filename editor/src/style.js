// Paragraph styles. TipTap's own commands would make a paragraph of anything that holds text, a
// figure with its picture included; these touch paragraphs, headings and code only.
import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { ReplaceAroundStep } from '@tiptap/pm/transform';

import { allowedValues } from './schema.js';

const STYLED = new Set(['paragraph', 'heading', 'codeBlock']);

/** Positions of the selected blocks that may become `type`. */
function spots({ doc, selection }, type) {
  const found = new Set();
  for (const { $from, $to } of selection.ranges) {
    doc.nodesBetween($from.pos, $to.pos, (node, pos, parent, index) => {
      if (!STYLED.has(node.type.name)) return;
      if (node.type === type || parent.canReplaceWith(index, index + 1, type)) found.add(pos);
    });
  }
  return [...found];
}

function alignFor(type, { align = null }) {
  if (!('align' in (type.spec.attrs ?? {}))) return {};
  return { align: allowedValues(type.name, 'align').includes(align) ? align : null };
}

/** Makes every selected paragraph, heading and code block one of `name`; keeps the alignment. */
function setStyle(name, attributes = {}) {
  return ({ state, tr, dispatch }) => {
    const type = state.schema.nodes[name];
    const places = spots(state, type);
    if (dispatch) {
      for (const place of places) {
        const pos = tr.mapping.map(place);
        const node = tr.doc.nodeAt(pos);
        const attrs = { ...alignFor(type, node.attrs), ...attributes };
        tr.setBlockType(pos + 1, pos + node.nodeSize - 1, type, attrs);
      }
    }
    return places.length > 0;
  };
}

/** Back to a plain paragraph: no marks, no heading, no alignment. Lists and quotes stay. */
function clearFormatting() {
  return ({ chain }) => chain().unsetAllMarks().setStyle('paragraph', { align: null }).run();
}

/** True for the step that would turn a figure into something without a picture. */
function losesPicture(step, doc) {
  if (!(step instanceof ReplaceAroundStep) || step.gapFrom !== step.from + 1) return false;
  const isFigure = doc.nodeAt(step.from)?.type.name === 'figure';
  return isFigure && step.slice.content.firstChild?.type.name !== 'figure';
}

function guardPlugin() {
  return new Plugin({
    filterTransaction: (tr) => !tr.steps.some((step, index) => losesPicture(step, tr.docs[index])),
  });
}

function toggleHeading(level) {
  return ({ editor }) => (editor.isActive('heading', { level })
    ? editor.commands.setStyle('paragraph')
    : editor.commands.setStyle('heading', { level }));
}

export const Style = Extension.create({
  name: 'style',
  addCommands: () => ({ setStyle, clearFormatting }),
  addKeyboardShortcuts() {
    const levels = allowedValues('heading', 'level');
    return {
      'Mod-Alt-0': ({ editor }) => editor.commands.setStyle('paragraph'),
      ...Object.fromEntries(levels.map((level) => [`Mod-Alt-${level}`, toggleHeading(level)])),
    };
  },
  addProseMirrorPlugins: () => [guardPlugin()],
});
