// Pictures come in by the button, by drag or by paste; each shows how far it is and, when it is refused, why.
import { csrfToken } from './desk.js';

const AT_ONCE = 3;

const form = document.querySelector('[data-upload]');
const list = document.querySelector('[data-uploads]');
const shots = document.querySelector('[data-shots]');
const waiting = [];
let running = 0;

function addRow(file) {
  const row = document.getElementById('upload-row').content.cloneNode(true).firstElementChild;
  row.querySelector('.upload-name').textContent = file.name;
  row.querySelector('progress').setAttribute('aria-label', `上传 ${file.name}`);
  row.querySelector('.upload-word').textContent = '排队中';
  list.append(row);
  return row;
}

function refuse(row, sentence) {
  row.classList.add('upload-wrong');
  row.querySelector('.upload-word').textContent = sentence;
  row.querySelector('button').hidden = false;
}

function addCard(asset) {
  document.querySelector('[data-shots-empty]')?.remove();
  const card = document.getElementById('shot-card').content.cloneNode(true).firstElementChild;
  card.querySelector('a').href = asset.page_url;
  card.querySelector('.shot-name').textContent = asset.name;
  if (asset.credit) card.querySelector('.shot-note').textContent = asset.credit;
  const image = card.querySelector('img');
  image.src = asset.small_url;
  image.alt = asset.alt;
  shots.prepend(card);
}

function done(row, asset) {
  if (asset.is_new) {
    addCard(asset);
    row.remove();
    return;
  }
  const link = document.createElement('a');
  link.href = asset.page_url;
  link.textContent = '素材库里已有这一张，没有重复存，点这里看';
  row.querySelector('.upload-word').replaceChildren(link);
  row.querySelector('progress').remove();
  row.querySelector('button').hidden = false;
}

/** The server's sentence, or one of ours when there is none. */
function sentenceOf(request) {
  try {
    const problem = JSON.parse(request.responseText);
    return problem.errors?.[0]?.message ?? problem.title;
  } catch {
    return request.status === 0 ? '网络断了，没有传上去；连上后再传一次。' : '没有传上去，请再试一次。';
  }
}

function send(file, row) {
  const request = new XMLHttpRequest();
  const bar = row.querySelector('progress');
  const word = row.querySelector('.upload-word');
  request.upload.addEventListener('progress', (event) => {
    bar.value = event.loaded / event.total;
    word.textContent = event.loaded < event.total ? `${Math.round(bar.value * 100)}%` : '正在处理';
  });
  request.addEventListener('loadend', () => {
    running -= 1;
    if (request.status === 200 || request.status === 201) done(row, JSON.parse(request.responseText));
    else refuse(row, sentenceOf(request));
    next();
  });
  request.open('POST', form.dataset.upload);
  request.setRequestHeader('Accept', 'application/json');
  request.setRequestHeader('X-CSRFToken', csrfToken());
  const data = new FormData();
  data.append('file', file, file.name || '粘贴的图片.png');
  request.send(data);
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    const { file, row } = waiting.shift();
    running += 1;
    send(file, row);
  }
}

function take(files) {
  const most = Number(form.dataset.maxBytes);
  for (const file of files) {
    const row = addRow(file);
    if (file.size > most) {
      const size = (file.size / 1024 / 1024).toFixed(1);
      refuse(row, `有 ${size} MB，超过上限 ${Math.floor(most / 1024 / 1024)} MB，没有上传；请压缩后再传。`);
    } else waiting.push({ file, row });
  }
  next();
}

form.querySelector('input[type=file]').addEventListener('change', (event) => {
  take([...event.target.files]);
  event.target.value = '';
});

document.addEventListener('paste', (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length) return;
  event.preventDefault();
  take(files);
});

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');

document.addEventListener('dragover', (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  document.body.classList.add('is-dropping');
});
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) document.body.classList.remove('is-dropping');
});
document.addEventListener('drop', (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  document.body.classList.remove('is-dropping');
  take([...event.dataTransfer.files]);
});
