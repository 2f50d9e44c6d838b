// Drawn for this editor on a 20-unit grid with one pen.
const PATHS = {
  undo: 'M7 4.5 3.5 8 7 11.5M3.5 8H12a4 4 0 0 1 0 8H8.5',
  redo: 'M13 4.5 16.5 8 13 11.5M16.5 8H8a4 4 0 0 0 0 8h3.5',
  bold: 'M6 4h4.8a3 3 0 0 1 0 6H6zM6 10h5.6a3 3 0 0 1 0 6H6z',
  italic: 'M9 4h5M6 16h5M11.6 4 8.4 16',
  underline: 'M6 3.5V9a4 4 0 0 0 8 0V3.5M5 16.5h10',
  strike: 'M4 10h12M13.4 6.2C12.9 4.8 11.7 4 10 4 8 4 6.6 5 6.6 6.6c0 .6.2 1 .5 1.4'
    + 'M6.4 13.4C6.9 15 8.2 16 10.1 16c2.1 0 3.5-1 3.5-2.7 0-.3 0-.6-.1-.8',
  tone: 'M5.8 12.5 10 3.5l4.2 9M7.4 9.2h5.2',
  highlight: 'M12.2 3.8l4 4-6.6 6.6H5.8v-3.8zM10 6l4 4M3.5 17h13',
  superscript: 'M4 7l6.5 9M10.5 7 4 16M13.2 5.2c.2-1 .9-1.6 1.8-1.6 1 0 1.7.6 1.7 1.5 0 1.5-3.2 1.8-3.5 3.9h3.6',
  subscript: 'M4 4l6.5 9M10.5 4 4 13M13.2 13.2c.2-1 .9-1.6 1.8-1.6 1 0 1.7.6 1.7 1.5 0 1.5-3.2 1.8-3.5 3.9h3.6',
  alignDefault: 'M3.5 5h13M3.5 9h13M3.5 13h13M3.5 17h7',
  alignLeft: 'M3.5 5h13M3.5 9h8M3.5 13h13M3.5 17h8',
  alignCenter: 'M3.5 5h13M6 9h8M3.5 13h13M6 17h8',
  alignRight: 'M3.5 5h13M8.5 9h8M3.5 13h13M8.5 17h8',
  alignJustify: 'M3.5 5h13M3.5 9h13M3.5 13h13M3.5 17h13',
  bulletList: 'M8 5h8.5M8 10h8.5M8 15h8.5M4 5h.01M4 10h.01M4 15h.01',
  orderedList: 'M9 5h7.5M9 10h7.5M9 15h7.5M3.8 4.3l1.2-.8v3.6'
    + 'M3.6 13c.2-.8 2.1-.9 2.1.3 0 .9-2.1 1.5-2.1 2.7h2.2',
  quote: 'M4 4.5v11M8 6h8.5M8 10h8.5M8 14h5',
  link: 'M8.6 11.4a3.1 3.1 0 0 0 4.4 0l2.6-2.6a3.1 3.1 0 0 0-4.4-4.4l-1 1'
    + 'M11.4 8.6a3.1 3.1 0 0 0-4.4 0l-2.6 2.6a3.1 3.1 0 0 0 4.4 4.4l1-1',
  picture: 'M3 4.5h14v11H3zM3 13.2l4-3.7 3.6 3.4 2.2-1.9 4.2 3.6M13 7.8h.01',
  gallery: 'M3 7h10v9H3zM6 7V4h11v9h-4M3 13.4l2.8-2.5 2.4 2.2 1.4-1.2 3.4 2.9',
  library: 'M3 4h6v5.5H3zM11 4h6v5.5h-6zM3 11.5h6V17H3zM11 11.5h6V17h-6z',
  table: 'M3 4.5h14v11H3zM3 8.2h14M3 11.8h14M7.7 8.2v7.3M12.3 8.2v7.3',
  divider: 'M3 10h14M6.5 5.5h7M6.5 14.5h7',
  code: 'M7 6 3 10l4 4M13 6l4 4-4 4M11.4 4.5 8.6 15.5',
  clear: 'M8.4 15.6 4 11.2a1 1 0 0 1 0-1.4L9.6 4.2a1 1 0 0 1 1.4 0l4.4 4.4a1 1 0 0 1 0 1.4'
    + 'l-5.6 5.6zM6.7 7.1l5.8 5.8M8.4 15.6H16.5',
  fullscreen: 'M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4',
  comment: 'M3.5 4h13v9.5H9L5.5 16.5v-3h-2zM6.5 7.5h7M6.5 10.2h4.5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  chevron: 'M6.5 8.5 10 12l3.5-3.5',
  check: 'M4.5 10.5 8.5 14.5 15.5 6',
};

const SVG = 'http://www.w3.org/2000/svg';

/** The icon as an SVG element that screen readers pass over. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = { viewBox: '0 0 20 20', class: `tx-icon tx-icon-${name}`, 'aria-hidden': 'true', focusable: 'false' };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
