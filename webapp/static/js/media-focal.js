// The focal point: by a click on the picture, by arrow keys, or by the sliders; both crops follow at once.

const STEP = 0.02;

const place = document.querySelector('[data-focal]');
const mark = document.querySelector('[data-focal-mark]');
const picture = place.querySelector('img');
const across = document.getElementById('f-focal_x');
const down = document.getElementById('f-focal_y');
const crops = [...document.querySelectorAll('[data-crop]')];

const within = (value, low, high) => Math.min(Math.max(value, low), high);

/** Where a crop of `part` of the length begins, as CSS wants it: 0% is one end, 100% the other. */
function position(part, focal) {
  if (part >= 1) return '50%';
  const start = within(focal - part / 2, 0, 1 - part);
  return `${(start / (1 - part)) * 100}%`;
}

function draw() {
  const [x, y] = [Number(across.value), Number(down.value)];
  mark.hidden = false;
  mark.style.left = `${x * 100}%`;
  mark.style.top = `${y * 100}%`;
  const shape = picture.dataset.width / picture.dataset.height;
  for (const crop of crops) {
    const ratio = Number(crop.dataset.crop);
    crop.style.objectPosition = `${position(ratio / shape, x)} ${position(shape / ratio, y)}`;
  }
}

function move(x, y) {
  across.value = within(x, 0, 1);
  down.value = within(y, 0, 1);
  draw();
}

for (const crop of crops) crop.src = picture.src;
for (const slider of [across, down]) slider.addEventListener('input', draw);

place.addEventListener('click', (event) => {
  const box = picture.getBoundingClientRect();
  move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
});

const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

place.addEventListener('keydown', (event) => {
  const arrow = ARROWS[event.key];
  if (!arrow) return;
  event.preventDefault();
  move(Number(across.value) + arrow[0], Number(down.value) + arrow[1]);
});
draw();

const artwork = document.querySelector('[data-artwork-switch]');
const fields = document.querySelector('[data-artwork-fields]');

/** What is folded away is not sent, and not lost either. */
function fold() {
  fields.classList.toggle('is-folded', !artwork.checked);
  for (const input of fields.querySelectorAll('input, textarea')) input.disabled = !artwork.checked;
}
artwork.addEventListener('change', fold);
fold();
