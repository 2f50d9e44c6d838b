// Every extension by name, so that an upgrade of TipTap can add none. The schema's structure comes
// from schema.js; an extension brings how its node is read, shown and edited.
import { Extension } from '@tiptap/core';
import { Blockquote } from '@tiptap/extension-blockquote';
import { Bold } from '@tiptap/extension-bold';
import { Code } from '@tiptap/extension-code';
import { CodeBlock } from '@tiptap/extension-code-block';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Heading } from '@tiptap/extension-heading';
import { HorizontalRule } from '@tiptap/extension-horizontal-rule';
import { Italic } from '@tiptap/extension-italic';
import { BulletList, ListItem, ListKeymap, OrderedList } from '@tiptap/extension-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Strike } from '@tiptap/extension-strike';
import { Text } from '@tiptap/extension-text';
import { Underline } from '@tiptap/extension-underline';
import { Dropcursor, Gapcursor, Placeholder, Selection, UndoRedo } from '@tiptap/extensions';
import { imeSpan } from 'prosemirror-safari-ime-span';

import { Align } from './align.js';
import { Figure, Gallery } from './figure.js';
import { Highlight, Link, Subscript, Superscript, Tone } from './marks.js';
import { boundedInteger, boundedText } from './schema.js';
import { Style } from './style.js';
import { tables } from './tables.js';
import { Typing } from './typing.js';
import { zh } from './labels.js';

const LEVELS = { H1: 2, H2: 2, H3: 3, H4: 4, H5: 4, H6: 4 };

/** Enter at the end of a heading begins a plain paragraph, not one aligned like the heading. */
function beginParagraph({ editor }) {
  const { $from, empty } = editor.state.selection;
  if (!empty || $from.parent.type.name !== 'heading') return false;
  if ($from.parentOffset < $from.parent.content.size) return false;
  return editor.chain().splitBlock().updateAttributes('paragraph', { align: null }).run();
}

const OurHeading = Heading.extend({
  parseHTML: () => Object.entries(LEVELS).map(([tag, level]) => ({
    tag: tag.toLowerCase(),
    attrs: { level },
  })),
  addKeyboardShortcuts: () => ({ Enter: beginParagraph }),
}).configure({ levels: [2, 3, 4] });

const OurOrderedList = OrderedList.extend({
  addAttributes: () => ({
    start: {
      default: 1,
      parseHTML: (el) => boundedInteger('orderedList', 'start', el.getAttribute('start')),
    },
  }),
  // TipTap's own would turn any pasted "1. …" text into a list.
  addProseMirrorPlugins: () => [],
});

const OurCodeBlock = CodeBlock.extend({
  addAttributes() {
    const { language } = this.parent();
    const parseHTML = (el) => boundedText('codeBlock', 'language', language.parseHTML(el)) || null;
    return { language: { ...language, parseHTML } };
  },
});

// ⌘↵ belongs to the page (submit, approve), so a line break is Shift-Enter alone.
const OurHardBreak = HardBreak.extend({
  addKeyboardShortcuts() {
    return { 'Shift-Enter': () => this.editor.commands.setHardBreak() };
  },
});

const SafariIme = Extension.create({
  name: 'safariIme',
  addProseMirrorPlugins: () => [imeSpan],
});

const NODES = [
  Document,
  Paragraph,
  OurHeading,
  Blockquote,
  BulletList,
  OurOrderedList,
  ListItem,
  OurCodeBlock,
  HorizontalRule,
  Gallery,
  ...tables,
  OurHardBreak,
  Text,
];

const MARKS = [Link, Bold, Italic, Underline, Strike, Code, Superscript, Subscript, Tone, Highlight];

const EDITING = [
  Align,
  Style,
  Typing,
  UndoRedo,
  Gapcursor,
  Dropcursor.configure({ color: false, class: 'tx-dropcursor', width: 2 }),
  ListKeymap.configure({
    listTypes: [{ itemName: 'listItem', wrapperNames: ['bulletList', 'orderedList'] }],
  }),
  Selection.configure({ className: 'tx-selected' }),
  SafariIme,
];

/** `plugins(schema)` gives the ProseMirror plugins of this mount; the schema needs none of it. */
export function extensions({ labels = zh, imageUrl = () => '', plugins = () => [] } = {}) {
  const mounted = Extension.create({
    name: 'mount',
    priority: 1000,
    addProseMirrorPlugins() {
      return plugins(this.editor.schema);
    },
  });
  return [
    ...NODES,
    ...MARKS,
    ...EDITING,
    Figure.configure({ labels, imageUrl }),
    Placeholder.configure({ placeholder: labels.placeholder }),
    mounted,
  ];
}
