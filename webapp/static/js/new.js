// A file may be dropped on its field; its name is shown once chosen.
const field = document.querySelector('[data-drop]');
const input = document.querySelector('[data-drop-file]');

function showName() {
  if (input.files.length) document.querySelector('[data-drop-word]').textContent = input.files[0].name;
}

input?.addEventListener('change', showName);
for (const name of ['dragenter', 'dragover']) {
  field?.addEventListener(name, (event) => {
    event.preventDefault();
    field.classList.add('is-over');
  });
}
field?.addEventListener('dragleave', () => field.classList.remove('is-over'));
field?.addEventListener('drop', (event) => {
  event.preventDefault();
  field.classList.remove('is-over');
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  showName();
});
