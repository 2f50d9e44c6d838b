// Mounts the editor as the desk does and keeps what it reports, for a test to read.
import { mount } from '/static/editor/editor.min.js';

const said = { changes: 0, outline: null, count: null, finding: null };

function uploadImage(file, { onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/upload');
    request.upload.onprogress = (event) => onProgress(event.loaded / event.total);
    request.onerror = () => reject(new Error('连不上服务器。'));
    request.onload = () => {
      const answer = JSON.parse(request.responseText);
      if (request.status === 200) resolve(answer);
      else reject(new Error(answer.message));
    };
    request.send(file);
  });
}

async function importHtml(html) {
  const answer = await fetch('/import', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ html }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

window.desk = {
  said,
  open(content, more = {}) {
    window.desk.editor?.destroy();
    window.desk.editor = mount(document.getElementById('desk'), {
      content,
      uploadImage,
      imageUrl: (id) => `/media/${id}.png`,
      onChange: () => { said.changes += 1; },
      onOutline: (list) => { said.outline = list; },
      onCount: (count) => { said.count = count; },
      onFindingClick: (finding) => { said.finding = finding; },
      ...(more.importHtml ? { importHtml } : {}),
      ...more.options,
    });
  },
};

window.ready = true;
