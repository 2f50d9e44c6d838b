// Reading and deciding: the phone's page grows to its full length, and what one types is never lost.

/** The frame is as high as its page, so that there is one thing to scroll. */
function grow(frame) {
  const fit = () => {
    const page = frame.contentDocument?.querySelector('article');
    if (page) frame.style.height = `${Math.ceil(page.getBoundingClientRect().height)}px`;
  };
  const watch = () => {
    fit();
    const page = frame.contentDocument?.querySelector('article');
    if (page) new ResizeObserver(fit).observe(page);
  };
  frame.addEventListener('load', watch);
  if (frame.contentDocument?.readyState === 'complete') watch();
}

for (const frame of document.querySelectorAll('iframe[data-grows]')) grow(frame);

function keepComment(form) {
  const box = form.elements.comment;
  const key = `comment.${form.dataset.decision}`;
  if (!box.value) box.value = sessionStorage.getItem(key) ?? '';
  box.addEventListener('input', () => sessionStorage.setItem(key, box.value));
}

/** A return needs its reason: said at once, beside the box. */
function askForReason(form) {
  const box = form.elements.comment;
  const error = form.querySelector('[data-comment-error]');
  form.addEventListener('submit', (event) => {
    if (!event.submitter?.matches('[data-return]') || box.value.trim()) return;
    event.preventDefault();
    error.textContent = event.submitter.value === 'object' ? '有异议要写明理由。' : '退回要写明理由，作者才知道改哪里。';
    error.hidden = false;
    box.setAttribute('aria-invalid', 'true');
    box.setAttribute('aria-describedby', error.id);
    box.focus();
  });
  box.addEventListener('input', () => {
    error.hidden = true;
    box.removeAttribute('aria-invalid');
  });
}

const form = document.querySelector('[data-decision]');
if (form) {
  keepComment(form);
  askForReason(form);
  if (document.getElementById('conflict')) form.elements.comment.focus();
}
