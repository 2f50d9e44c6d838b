// Marks that no TipTap package brings in our shape.
import { Mark, mergeAttributes } from '@tiptap/core';

import { TONES, safeHref } from './schema.js';

export const Link = Mark.create({
  name: 'link',
  keepOnSplit: false,
  exitable: true,
  addAttributes() {
    return { href: { isRequired: true, parseHTML: (el) => safeHref(el.getAttribute('href')) } };
  },
  parseHTML() {
    return [{ tag: 'a[href]', getAttrs: (el) => (safeHref(el.getAttribute('href')) ? null : false) }];
  },
  renderHTML({ HTMLAttributes }) {
    return ['a', mergeAttributes({ rel: 'noopener noreferrer nofollow' }, HTMLAttributes), 0];
  },
});

export const Superscript = Mark.create({
  name: 'superscript',
  parseHTML: () => [{ tag: 'sup' }, { style: 'vertical-align=super' }],
  renderHTML: () => ['sup', 0],
});

export const Subscript = Mark.create({
  name: 'subscript',
  parseHTML: () => [{ tag: 'sub' }, { style: 'vertical-align=sub' }],
  renderHTML: () => ['sub', 0],
});

export const Highlight = Mark.create({
  name: 'highlight',
  parseHTML: () => [{ tag: 'mark' }],
  renderHTML: () => ['mark', 0],
});

/** A colour by its meaning; the column's theme says which ink it is. */
export const Tone = Mark.create({
  name: 'tone',
  addAttributes() {
    return {
      name: {
        default: TONES[0],
        parseHTML: (el) => (TONES.includes(el.dataset.tone) ? el.dataset.tone : TONES[0]),
        renderHTML: ({ name }) => ({ 'data-tone': name }),
      },
    };
  },
  parseHTML: () => [{ tag: 'span[data-tone]' }],
  renderHTML: ({ HTMLAttributes }) => ['span', HTMLAttributes, 0],
});
