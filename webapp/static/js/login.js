// The demo's accounts fill the form; signing in stays the visitor's own step.
for (const button of document.querySelectorAll('[data-fill-account]')) {
  button.addEventListener('click', () => {
    document.querySelector('[name="username"]').value = button.dataset.fillAccount;
    document.querySelector('[name="password"]').value = button.dataset.fillPassword;
    document.querySelector('.door-form button').focus();
  });
}
