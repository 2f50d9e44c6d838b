// The cover: chosen from the text or the library, or uploaded, cut twice round one point that must stay in sight.
import { tell } from './desk.js';
import { chooseFromLibrary } from './write-library.js';
import { sendJson, uploadPicture } from './write-requests.js';

const box = document.querySelector('[data-cover]');
const part = (name) => box.querySelector(`[data-cover-${name}]`);

/** Where a crop begins, in percent of what is cut away: the point in the middle as far as the edge allows. */
function offset(point, shown) {
  if (shown >= 1) return 50;
  const start = Math.min(1 - shown, Math.max(0, point - shown / 2));
  return (start / (1 - shown)) * 100;
}

function place(crop, image, [x, y]) {
  const frame = crop.parentElement;
  const ratio = (image.naturalWidth / image.naturalHeight) / (frame.clientWidth / frame.clientHeight || 1);
  crop.style.objectPosition = `${offset(x, ratio > 1 ? 1 / ratio : 1)}% ${offset(y, ratio < 1 ? ratio : 1)}%`;
}

export function createCover({ url: base, cover, maxBytes, pictures, onChange }) {
  let id = cover?.id ?? null;
  let focal = cover?.focal ?? [0.5, 0.5];
  const image = part('image');
  const crops = [...box.querySelectorAll('[data-crop]')];

  function draw() {
    part('none').hidden = Boolean(id);
    part('shown').hidden = !id;
    part('clear').hidden = !id;
    if (!id) return;
    const url = `/media/${id}/preview`;
    for (const one of [image, ...crops]) if (one.getAttribute('src') !== url) one.src = url;
    part('focal').style.left = `${focal[0] * 100}%`;
    part('focal').style.top = `${focal[1] * 100}%`;
    if (image.complete) arrange();
  }

  function arrange() {
    if (image.naturalWidth) for (const crop of crops) place(crop, image, focal);
  }

  function wrong(text) {
    part('wrong').textContent = text;
    part('wrong').hidden = !text;
  }

  function choose(next) {
    set(next);
    part('choices').hidden = true;
    wrong('');
    onChange();
  }

  /** The point is the picture's own, whichever article shows it. */
  async function set(next) {
    if (next === id) return;
    id = next ?? null;
    focal = [0.5, 0.5];
    draw();
    const answer = id && (await sendJson('GET', `${base}/${id}`).catch(() => null));
    if (answer && answer.id === id) {
      focal = answer.focal;
      draw();
    }
  }

  async function setFocal(point) {
    const before = focal;
    focal = point;
    draw();
    try {
      await sendJson('POST', `${base}/${id}`, { x: point[0], y: point[1] });
    } catch (error) {
      focal = before;
      draw();
      tell(error.message);
    }
  }

  image.addEventListener('load', arrange);
  part('whole').addEventListener('click', (event) => {
    const frame = image.getBoundingClientRect();
    // By keyboard a click has no place: it steps through the middle and the thirds.
    if (event.detail === 0) setFocal(nextPoint(focal));
    else setFocal([
      Math.min(1, Math.max(0, (event.clientX - frame.left) / frame.width)),
      Math.min(1, Math.max(0, (event.clientY - frame.top) / frame.height)),
    ]);
  });
  part('file').addEventListener('change', async (event) => {
    const [file] = event.target.files;
    event.target.value = '';
    if (!file) return;
    if (file.size > maxBytes) {
      wrong(`这张图片超过 ${Math.floor(maxBytes / 1024 / 1024)} MB，没有上传；请压缩后再传。`);
      return;
    }
    wrong('');
    try {
      choose((await uploadPicture(file)).id);
    } catch (error) {
      wrong(error.message);
    }
  });
  part('clear').addEventListener('click', () => {
    const was = id;
    choose(null);
    tell('封面拿掉了。', () => choose(was));
  });
  part('pick').addEventListener('click', () => {
    const found = pictures();
    const choices = part('choices');
    choices.hidden = !choices.hidden;
    wrong(found.length ? '' : '正文里还没有图片。');
    choices.replaceChildren(...found.map((asset) => {
      const button = document.createElement('button');
      button.type = 'button';
      const shot = document.createElement('img');
      shot.src = `/media/${asset}/320`;
      shot.alt = '用这一张作封面';
      button.append(shot);
      button.addEventListener('click', () => choose(asset));
      return button;
    }));
  });
  part('library').addEventListener('click', async () => {
    const picked = await chooseFromLibrary({ onlyOne: true });
    if (picked) choose(picked.pictures[0].id);
  });
  draw();

  return { id: () => id, set };
}

const POINTS = [[0.5, 0.5], [0.33, 0.33], [0.67, 0.33], [0.33, 0.67], [0.67, 0.67]];

function nextPoint([x, y]) {
  const at = POINTS.findIndex(([a, b]) => Math.abs(a - x) < 0.02 && Math.abs(b - y) < 0.02);
  return POINTS[(at + 1) % POINTS.length];
}
