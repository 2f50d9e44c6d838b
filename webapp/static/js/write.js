// The writing page: fields, editor, autosave, preview and checks, each in its own module, put together here.
import { createAutosave } from './autosave.js';
import { csrfToken, tell } from './desk.js';
import { createPreview } from './preview.js';
import { createChecks } from './write-checks.js';
import { watchCleanups } from './write-cleanups.js';
import { createComments } from './write-comments.js';
import { createCover } from './write-cover.js';
import { createCredits, createFields } from './write-fields.js';
import { notice, working } from './write-notices.js';
import { createPanes } from './write-panes.js';
import { chooseFromLibrary } from './write-library.js';
import { moment } from './times.js';
import { sendJson, uploadPicture } from './write-requests.js';
import { createSession, windowName } from './write-session.js';
import { mount } from '../editor/editor.min.js';

const data = JSON.parse(document.getElementById('article-data').textContent);
const base = `/articles/${data.article}`;
const main = document.querySelector('.write');
const $ = (selector) => document.querySelector(selector);

let editor;
let autosave;
let preview;
let comments;
let isLoading = true;
let isSaving = false;
let isLocked = false;

const panes = createPanes();
const fields = createFields(data.limits, () => changed());
const credits = createCredits(data.credit_labels, () => changed());
const cover = createCover({
  url: `${base}/cover`,
  cover: data.cover,
  maxBytes: data.upload_max_bytes,
  pictures: () => pictureIds(editor.getJSON()),
  onChange: () => changed(),
});
const checks = createChecks({
  url: `${base}/findings`,
  beforeAnswer: () => autosave.send(),
  onAllowed: () => preview.update(),
  onGo: (finding) => go(finding),
  onFix: (finding) => editor.replaceText(finding, finding.fix),
  onCount: (must, all) => {
    panes.count(must, all);
    editor.highlightFindings(checks.open());
  },
});

function pictureIds(node, found = new Set()) {
  if (node.type === 'figure' && node.attrs?.asset) found.add(node.attrs.asset);
  for (const child of node.content ?? []) pictureIds(child, found);
  return [...found];
}

const thisWindow = windowName();

const read = () => ({
  window: thisWindow,
  continues: data.autosave?.saved_at ?? null,
  ...fields.read(),
  cover_id: cover.id(),
  credits: credits.read(),
  body: editor.getJSON(),
});

function changed() {
  fields.pictures(pictureIds(editor.getJSON()).length);
  if (isLoading) return;
  autosave.changed();
  preview.changed();
}

/** Puts a whole content into the page, without it counting as the writer's change. */
function show(content) {
  isLoading = true;
  fields.write(content);
  credits.write(content.credits);
  cover.set(content.cover_id);
  editor.setContent(content.body);
  fields.pictures(pictureIds(editor.getJSON()).length);
  isLoading = false;
  preview.update();
}

function go(finding) {
  panes.show('sheet');
  if (finding.field && finding.field !== 'alt') {
    if (finding.field === 'cover') $('[data-cover]').scrollIntoView({ block: 'center' });
    else {
      if (finding.field !== 'title' && finding.field !== 'author') panes.show('fields');
      document.getElementById(finding.field)?.focus();
    }
  } else if (finding.block !== null) editor.selectRange(finding.block, finding.start ?? 0, finding.end ?? 0);
}

// Saved state

function showConflict() {
  if ($('[data-conflict-notice]')) return;
  const box = notice('别人存了新的一版。您写的没有丢，请对照两份再定：', ['对照两份', compareBoth]);
  box.classList.add('notice-wrong');
  box.dataset.conflictNotice = '';
}

/** Somebody else is writing: whoever takes over finds the other's text in the history. */
function showWriter(text) {
  if ($('[data-writer-notice]')) return;
  const box = notice(text, ['接手来写', async () => {
    const answer = await sendJson('POST', `${base}/take-over`, { window: thisWindow }).catch(failed);
    if (!answer) return;
    data.autosave = null;
    if (isLocked) {
      lock(false);
      show(answer.content);
      autosave.rebase(answer.revision);
      box.remove();
      tell('接过来了；对方写到这里的，存作了一版。');
    } else compareBoth();
  }]);
  box.classList.add('notice-wrong');
  box.dataset.writerNotice = '';
}

function lock(isOn) {
  isLocked = isOn;
  main.classList.toggle('is-locked', isOn);
  editor.setEditable(!isOn);
  for (const part of document.querySelectorAll('.write-head, .write-fields, .write-acts')) part.inert = isOn;
}

function compareBoth() {
  const form = $('[data-conflict]');
  form.elements.content.value = JSON.stringify({ ...read(), base_revision: autosave.baseRevision });
  autosave.stop();
  form.submit();
}

function askRestore(copy) {
  const dialog = document.getElementById('restore-copy');
  const when = moment(copy.at);
  $('[data-restore-word]').textContent = `${when} 写的，当时没能交到服务器。用它接着写，还是不要它？`;
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue !== 'drop'), { once: true });
  });
}

/** An autosave that is newer than the last revision was opened: say so, with a way back. */
function tellAutosave({ saved_at: at, by, is_mine: isMine }) {
  const when = moment(at);
  const who = isMine ? '您' : by || '别人';
  notice(`打开的是${who} ${when} 自动存下的稿子，比第 ${data.base_revision} 版新。`, [
    `不要它，回到第 ${data.base_revision} 版`,
    async (box) => {
      const before = read();
      const answer = await sendJson('DELETE', `${base}/autosave`).catch(failed);
      if (!answer) return;
      show(answer.content);
      box.remove();
      tell('已回到上一版。', () => {
        show(before);
        changed();
      });
    },
  ]);
}

const session = createSession({ user: data.user, notice, onBack: () => autosave.resume() });

function failed(error) {
  if ([400, 401].includes(error.status)) session.lost();
  tell(error.message || '没有做成，稿子还在这里；请再试一次。');
}

// Named revisions, sending to review
const storedAs = (revision) => { $('[data-saved]').textContent = `已存作第 ${revision} 版`; };

async function save(name = '') {
  isSaving = true;
  try {
    const sent = read();
    const answer = await sendJson('POST', `${base}/save`, { ...sent, base_revision: autosave.baseRevision, name });
    autosave.rebase(answer.revision);
    if (fields.read().issue === sent.issue) fields.write({ issue: answer.issue });
    storedAs(answer.revision);
    return answer;
  } finally {
    isSaving = false;
  }
}

/** An autosave that was on its way while we named a revision ourselves meets our own revision: no conflict. */
function onConflict({ code, message, theirs }) {
  if (isSaving) return;
  if (code === 'article.being_written') showWriter(message);
  else if (theirs && theirs.revision <= autosave.baseRevision) autosave.rebase(autosave.baseRevision);
  else showConflict();
}

/** What was to become a revision was not stored: another writer, or another window, has to be settled with first. */
function refused(error) {
  if (error.code === 'article.being_written') showWriter(error.message);
  else if (error.code === 'stale_revision') showConflict();
  else failed(error);
}

async function saveAndTell() {
  try {
    const { revision } = await save();
    tell(`存作第 ${revision} 版。`, nameIt, '起个名字');
  } catch (error) {
    refused(error);
  }
}

function nameIt() {
  const dialog = document.getElementById('name-revision');
  dialog.showModal();
  dialog.addEventListener('close', async () => {
    const name = $('[data-revision-name]').value.trim();
    if (dialog.returnValue !== 'name' || !name) return;
    try {
      await save(name);
      tell(`这一版叫“${name}”。`);
    } catch (error) {
      refused(error);
    }
  }, { once: true });
}

/** Everything is stored first; a "must" keeps the article here, with the list open. */
async function send(form) {
  await preview.update();
  if (checks.musts() > 0) {
    panes.show('checks');
    tell(`还有 ${checks.musts()} 处必须先改，改好再送审。`);
    return false;
  }
  try {
    await save();
    autosave.stop();
    form.submit();
    return true;
  } catch (error) {
    refused(error);
    return false;
  }
}

const cleanups = watchCleanups({
  base,
  store: async () => { if (!autosave.isHeld) await autosave.send(); },
  onRefused: refused,
  read: () => ({ ...read(), base_revision: autosave.baseRevision }),
  onMoved({ content, revision }) {
    show(content);
    autosave.rebase(revision);
    data.base_revision = revision;
    storedAs(revision);
  },
  onLook: () => panes.show('cleanups'),
  onTitle: (title) => fields.read().title || fields.write({ title }),
});

// Putting it together

editor = mount($('[data-desk]'), {
  content: data.content.body,
  imageUrl: (id) => `/media/${id}/preview`,
  uploadImage: uploadPicture,
  chooseImages: chooseFromLibrary,
  importHtml: cleanups.bringIn,
  onChange: () => changed(),
  onCount: ({ characters }) => { $('[data-characters]').textContent = characters; },
  onOutline: (list) => panes.outline(list, (index) => editor.scrollToBlock(index)),
  onFindingClick: (finding) => {
    panes.show('checks');
    checks.point(finding);
  },
  onComment: (words) => {
    panes.show('comments');
    comments.begin(words);
  },
  onCommentClick: ({ id }) => {
    panes.show('comments');
    comments.point(id);
  },
});

comments = createComments({
  url: `${base}/comments`,
  beforeAdd: () => autosave.send(),
  onThreads: (threads) => editor.highlightComments(threads),
  onGo: (thread) => {
    if (!thread || thread.block === null) {
      tell('原文已改动，正文里没有这几个字了；批注和原文都还留着。');
      return;
    }
    panes.show('sheet');
    editor.selectRange(thread.block, thread.start ?? 0, thread.end ?? 0);
  },
  chosenWords: () => editor.chosenWords(),
});

preview = createPreview($('[data-preview]'), {
  url: `${base}/preview`,
  csrfToken,
  read,
  stylesheets: [new URL('../css/reader.css', import.meta.url).pathname],
  title: '手机预览',
  onState: ({ code, text }) => {
    $('[data-preview-state]').textContent = code === 'current' ? '' : text;
  },
  onResult: (answer) => {
    fields.limits(answer);
    fields.issue(answer.issue);
    checks.show(answer.findings);
  },
});

autosave = createAutosave({
  user: data.user,
  article: data.article,
  url: `${base}/autosave`,
  csrfToken,
  baseRevision: data.base_revision,
  serverSavedAt: data.autosave?.saved_at ?? null,
  read,
  restore: show,
  askRestore,
  onState: ({ code, text }) => {
    const word = $('[data-saved]');
    word.textContent = text;
    word.dataset.state = code;
    if (code === 'expired') session.lost();
    else if (code === 'saved') {
      session.kept();
      cleanups.stored();
    }
  },
  onConflict,
});

credits.write(data.content.credits);
fields.write(data.content);
fields.pictures(pictureIds(data.content.body).length);
if (data.autosave && !data.autosave.is_mine && data.autosave.is_fresh) {
  lock(true);
  showWriter(`${data.autosave.by || '别人'}正在写这一篇，您现在看着的是写到刚才的样子。`);
} else if (data.autosave) tellAutosave(data.autosave);
if (new URLSearchParams(window.location.search).has('settled')) {
  // Both texts of the conflict are in the history: the copy here has done its work.
  localStorage.removeItem(`tongxin:autosave:${data.user}:${data.article}`);
  window.history.replaceState(null, '', window.location.pathname);
}
isLoading = false;
await autosave.start();
preview.update();
if (window.location.hash === '#checks') panes.show('checks');
if (window.location.hash.startsWith('#comment')) panes.show('comments');
if (window.location.hash === '#issue') {
  panes.show('fields');
  document.getElementById('issue')?.focus();
}

const saving = $('[data-save]');
saving.addEventListener('click', () => working(saving, saveAndTell));
const sending = $('[data-send]');
const sendIt = () => working(sending.querySelector('button'), () => send(sending));
// A page that comes back from the browser's memory is ready to be used again.
window.addEventListener('pageshow', ({ persisted }) => persisted && window.location.reload());
sending.addEventListener('submit', (event) => {
  event.preventDefault();
  sendIt();
});
document.addEventListener('keydown', (event) => {
  if (!(event.metaKey || event.ctrlKey) || event.altKey || event.isComposing || isLocked) return;
  if (event.key.toLowerCase() === 's') {
    event.preventDefault();
    working(saving, saveAndTell);
  } else if (event.key === 'Enter' && !event.target.closest('[data-comments]')) {
    event.preventDefault();
    sendIt();
  }
}, true);
document.documentElement.dataset.ready = '';
