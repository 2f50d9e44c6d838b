// The layout rules that WeChat publishes for article bodies (developers.weixin.qq.com/doc/service/guide/product/plugin_spec.html,
// read 2026-11), measured on a live page. Gives a list of complaints, in words.
(html) => {
  const widths = [585, 677, 375];
  const box = document.querySelector('#box');
  box.innerHTML = html;
  const complaints = [];
  const say = (rule, element, width) =>
    complaints.push(`${rule} at ${width}: ${element.outerHTML.slice(0, 160)}`);
  const own = (element, name) => (element.style ? element.style[name] : '');
  const directText = (element) =>
    [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const blocks = 'p,section,h1,h2,h3,h4,h5,h6,table,li,div';
  const lines = 'p,section,h1,h2,h3,h4,li,td,th,a';
  const leaves = [...box.querySelectorAll(blocks)].filter((e) => !e.querySelector(blocks));
  const measured = new Map();

  for (const width of widths) {
    box.style.width = `${width}px`;
    const frame = box.getBoundingClientRect();
    if (box.scrollWidth > box.clientWidth) say('the body is wider than its page', box, width);

    for (const element of leaves) {
      if (element.hasAttribute('data-ignore-width')) continue;
      const rect = element.getBoundingClientRect();
      if (rect.left < frame.left - 1 || rect.right > frame.right + 1) say('overflow', element, width);
    }
    for (const element of box.querySelectorAll('*')) {
      if (element.closest('[data-ignore-width]')) continue;
      const fixed = own(element, 'width');
      const watched = element.tagName === 'IMG' || (fixed && !/auto|100%/.test(fixed));
      if (!watched) continue;
      const rect = element.getBoundingClientRect();
      const seen = measured.get(element) || [];
      seen.push({ width: rect.width, ratio: rect.width / width });
      measured.set(element, seen);
    }
    for (const element of box.querySelectorAll(lines)) {
      if (!directText(element)) continue;
      const style = getComputedStyle(element);
      const size = parseFloat(style.fontSize);
      const line = style.lineHeight === 'normal' ? size * 1.2 : parseFloat(style.lineHeight);
      if (line === 0) say('line height 0', element, width);
      if (size < 12) say('small print', element, width);
      const height = element.getBoundingClientRect().height;
      const count = Math.round(height / line);
      if (count >= 2 && height / count < size * 0.95) say('lines overlap', element, width);
    }
    for (const element of box.querySelectorAll('pre')) {
      if (element.scrollWidth > element.clientWidth + 1) say('a wide listing', element, width);
    }
  }
  for (const [element, seen] of measured) {
    const first = seen[0];
    const differs = seen.some((s) => Math.abs(s.width - first.width) > 10);
    const tolerance = seen.some((s) => s.ratio === 1) ? 0 : 0.2;
    const drifts = seen.some((s) => Math.abs(s.ratio - first.ratio) > tolerance);
    if (differs && drifts) say('another share of the width', element, 'several widths');
  }
  for (const element of box.querySelectorAll('*')) {
    const children = [...element.children];
    const empty = children.filter((c) => !c.textContent.trim() && !c.querySelector('img') && !/^(IMG|BR|HR)$/.test(c.tagName));
    if (children.length > 20 && empty.length > 15) say('empty nodes', element, 'any width');
    if (own(element, 'height')) say('a fixed height', element, 'any width');
    if (own(element, 'fontFamily')) say('a font', element, 'any width');
    if (/start|end/.test(own(element, 'textAlign'))) say('an alignment', element, 'any width');
    let depth = 0;
    for (let above = element; above !== box; above = above.parentElement) depth += 1;
    if (depth >= 15) say('nested too deep', element, 'any width');
  }
  return complaints;
}
