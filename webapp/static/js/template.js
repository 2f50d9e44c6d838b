// A column's template: the editor of the writing page, its text sent with the form.
import { chooseFromLibrary } from './write-library.js';
import { uploadPicture } from './write-requests.js';
import { mount } from '../editor/editor.min.js';

const data = JSON.parse(document.getElementById('template-data').textContent);
const form = document.querySelector('[data-template-form]');
let isChanged = false;

const editor = mount(document.querySelector('[data-desk]'), {
  content: data.body,
  imageUrl: (id) => `/media/${id}/preview`,
  uploadImage: data.mayUpload ? uploadPicture : undefined,
  chooseImages: chooseFromLibrary,
  onChange: () => { isChanged = true; },
});

form.addEventListener('input', () => { isChanged = true; });
form.addEventListener('submit', () => {
  form.elements.body.value = JSON.stringify(editor.getJSON());
  isChanged = false;
});
window.addEventListener('beforeunload', (event) => {
  if (isChanged) event.preventDefault();
});
isChanged = false;
document.documentElement.dataset.ready = '';
