// A button that closes the dialog it stands in, and dialogs that stand open after a refusal.

for (const dialog of document.querySelectorAll('dialog[data-open-at-once]')) dialog.showModal();

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-dismiss]')) event.target.closest('dialog')?.close();
});
