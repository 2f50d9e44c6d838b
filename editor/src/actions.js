// What the toolbar offers: for each tool how it acts, when it is on, and when it can be used.
import { neighbours } from './figure.js';
import { around } from './places.js';
import { TONES, allowedValues, boundedText } from './schema.js';

const capital = (name) => name[0].toUpperCase() + name.slice(1);

/** `like` is asked instead where a mark pushes another out, which TipTap takes for a refusal. */
function mark(name, { shortcut, like = name } = {}) {
  return {
    id: name,
    toggle: true,
    shortcut,
    run: (editor) => editor.chain().toggleMark(name).run(),
    isOn: (editor) => editor.isActive(name),
    can: (editor) => editor.can().toggleMark(like),
  };
}

function list(name, shortcut) {
  return {
    id: name,
    toggle: true,
    shortcut,
    run: (editor) => editor.chain().toggleList(name, 'listItem').run(),
    isOn: (editor) => editor.isActive(name),
    can: (editor) => editor.can().toggleList(name, 'listItem'),
  };
}

const heading = (level) => ({
  id: `styleHeading${level}`,
  className: `tx-style-${level}`,
  shortcut: `Mod+Alt+${level}`,
  run: (editor) => editor.chain().setStyle('heading', { level }).run(),
  can: (editor) => editor.can().setStyle('heading', { level }),
  isOn: (editor) => editor.isActive('heading', { level }),
});

const styles = [
  {
    id: 'styleParagraph',
    shortcut: 'Mod+Alt+0',
    run: (editor) => editor.chain().setStyle('paragraph').run(),
    can: (editor) => editor.can().setStyle('paragraph'),
    isOn: (editor) => editor.isActive('paragraph'),
  },
  ...allowedValues('heading', 'level').map(heading),
];

const tones = [
  {
    id: 'toneNone',
    run: (editor) => editor.chain().unsetMark('tone').run(),
    isOn: (editor) => !editor.isActive('tone'),
  },
  ...TONES.map((name) => ({
    id: `tone${capital(name)}`,
    swatch: name,
    run: (editor) => editor.chain().setMark('tone', { name }).run(),
    isOn: (editor) => editor.isActive('tone', { name }),
  })),
];

const ALIGN_KEYS = { left: 'L', center: 'E', right: 'R', justify: 'J' };

const aligns = allowedValues('paragraph', 'align').map((value) => ({
  id: `align${capital(value ?? 'default')}`,
  icon: `align${capital(value ?? 'default')}`,
  shortcut: value && `Mod+Shift+${ALIGN_KEYS[value]}`,
  run: (editor) => editor.chain().setAlign(value).run(),
  isOn: (editor) => editor.isActive({ align: value }),
  can: (editor) => editor.can().setAlign(value),
}));

const codeTarget = (editor) => (editor.isActive('codeBlock') ? 'paragraph' : 'codeBlock');

const codes = [
  { ...mark('code', { like: 'bold' }), id: 'codeInline' },
  {
    id: 'codeBlock',
    run: (editor) => editor.chain().setStyle(codeTarget(editor)).run(),
    isOn: (editor) => editor.isActive('codeBlock'),
    can: (editor) => editor.can().setStyle(codeTarget(editor)),
  },
];

const strike = mark('strike', { shortcut: 'Mod+Shift+S' });
const highlight = mark('highlight');
const superscript = mark('superscript', { like: 'bold' });
const subscript = mark('subscript', { like: 'bold' });
const divider = {
  id: 'divider',
  run: (editor) => editor.chain().setHorizontalRule().run(),
  can: (editor) => !editor.isActive('table') && !editor.isActive('figure'),
};
const clear = { id: 'clear', run: (editor) => editor.chain().clearFormatting().run() };

/** What is seldom wanted stands behind one button where the row is too short for all. */
const rare = (tool) => ({ ...tool, className: 'is-rare' });
const MORE = [strike, highlight, superscript, subscript, divider, ...codes, clear];

/**
 * Toolbar groups in order; `menu` opens choices, `panel` a small form, `files` asks for files. What `leaves` leads out of
 * the text, which then does not take the focus back; what `needs` an option of the page is there only with it.
 */
export const GROUPS = [
  [
    { id: 'undo', shortcut: 'Mod+Z', run: (e) => e.commands.undo(), can: (e) => e.can().undo() },
    { id: 'redo', shortcut: 'Mod+Shift+Z', run: (e) => e.commands.redo(), can: (e) => e.can().redo() },
  ],
  [{ id: 'style', menu: styles, showsChoice: true, unless: 'styleParagraph' }],
  [
    mark('bold', { shortcut: 'Mod+B' }),
    mark('italic', { shortcut: 'Mod+I' }),
    mark('underline', { shortcut: 'Mod+U' }),
    rare(strike),
  ],
  [
    { id: 'tone', menu: tones },
    rare(highlight),
    rare(superscript),
    rare(subscript),
  ],
  [
    { id: 'align', menu: aligns, showsIcon: true },
    list('bulletList', 'Mod+Shift+8'),
    list('orderedList', 'Mod+Shift+7'),
    {
      id: 'quote',
      toggle: true,
      shortcut: 'Mod+Shift+B',
      run: (editor) => editor.chain().toggleWrap('blockquote').run(),
      isOn: (editor) => editor.isActive('blockquote'),
      can: (editor) => editor.can().toggleWrap('blockquote'),
    },
  ],
  [
    { id: 'link', panel: 'link', toggle: true, shortcut: 'Mod+K', isOn: (e) => e.isActive('link') },
    { id: 'picture', files: { asGallery: false } },
    { id: 'gallery', files: { asGallery: true } },
    { id: 'library', run: (_, host) => host.chooseImages(), leaves: true, needs: 'chooseImages' },
    { id: 'table', panel: 'table', can: (e) => !e.isActive('table') },
  ],
  [
    rare(divider),
    rare({ id: 'code', menu: codes }),
    rare(clear),
    { id: 'more', menu: MORE, className: 'is-more' },
    { id: 'fullscreen', toggle: true, run: (_, host) => host.toggleFullscreen(), isOn: (_, host) => host.isFullscreen },
  ],
  [{ id: 'comment', shortcut: 'Mod+Alt+M', run: (_, host) => host.comment(), leaves: true, needs: 'onComment' }],
];

const command = (id, name = id, extra = {}) => ({
  id,
  run: (editor) => editor.chain()[name]().run(),
  can: (editor) => editor.can()[name](),
  ...extra,
});

const TABLE = [
  command('rowBefore', 'addRowBefore'),
  command('rowAfter', 'addRowAfter'),
  command('columnBefore', 'addColumnBefore'),
  command('columnAfter', 'addColumnAfter'),
  command('mergeCells'),
  command('splitCell'),
  command('headerRow', 'toggleHeaderRow'),
  command('headerColumn', 'toggleHeaderColumn'),
  command('deleteRow'),
  command('deleteColumn'),
  command('deleteTable', 'deleteTable', { danger: true }),
];

const WIDTHS = [100, 80, 60, 50, 40, 30];

function setWidth(width) {
  return {
    id: `width${width}`,
    label: `${width}%`,
    run: (editor) => editor.chain().updateAttributes('figure', { width }).run(),
    isOn: (editor) => editor.getAttributes('figure').width === width,
  };
}

const cleanAlt = (text) => boundedText('figure', 'alt', text.trim());
const cleanLanguage = (text) => boundedText('codeBlock', 'language', text.trim()) || null;

const FIGURE = [
  { id: 'figureAlt', field: { type: 'figure', attribute: 'alt', hint: 'figureAltHint', clean: cleanAlt } },
  { id: 'figureWidth', menu: WIDTHS.map(setWidth), suffix: (editor) => ` ${editor.getAttributes('figure').width}%` },
  { id: 'figureReplace', files: { replace: true } },
  {
    id: 'figureJoin',
    run: (editor) => editor.chain().joinGallery().run(),
    can: ({ state }) => (neighbours(state)?.count ?? 0) > 1,
  },
  { id: 'figureRoll', run: (editor) => editor.chain().rollOut().run(), can: (editor) => editor.can().rollOut() },
  { id: 'figureDelete', danger: true, run: (editor) => removeAround(editor, 'figure') },
];

const GALLERY = [
  {
    id: 'galleryLayout',
    menu: allowedValues('gallery', 'layout').map((layout) => ({
      id: `gallery${capital(layout)}`,
      run: (editor) => editor.chain().setGalleryLayout(layout).run(),
      isOn: ({ state }) => around(state, 'gallery')?.node.attrs.layout === layout,
    })),
    showsChoice: true,
  },
  { id: 'galleryAdd', files: { intoGallery: true } },
  { id: 'gallerySplit', run: (editor) => editor.chain().splitGallery().run() },
  { id: 'galleryDelete', danger: true, run: (editor) => removeAround(editor, 'gallery') },
];

const LIST = [
  { id: 'listIn', run: (e) => e.chain().sinkListItem('listItem').run(), can: (e) => e.can().sinkListItem('listItem') },
  { id: 'listOut', run: (e) => e.chain().liftListItem('listItem').run(), can: (e) => e.can().liftListItem('listItem') },
];

const CODE = [{ id: 'codeLanguage', field: { type: 'codeBlock', attribute: 'language', clean: cleanLanguage } }];

function removeAround(editor, type) {
  return editor.commands.command(({ state, tr }) => {
    const found = around(state, type);
    if (found) tr.delete(found.pos, found.pos + found.node.nodeSize);
    return Boolean(found);
  });
}

/** Tools for what the selection lies in, shown together when it lies in several. */
export const CONTEXTS = [
  { id: 'contextFigure', type: 'figure', tools: FIGURE },
  { id: 'contextGallery', type: 'gallery', tools: GALLERY },
  { id: 'contextTable', type: 'table', tools: TABLE },
  { id: 'contextCode', type: 'codeBlock', tools: CODE },
  { id: 'contextList', type: 'listItem', tools: LIST },
];
