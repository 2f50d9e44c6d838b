// Both modules at work on a text that the test sets, and what they reported.
import { createAutosave } from '/static/js/autosave.js';
import { createPreview } from '/static/js/preview.js';

const desk = {
  fields: { title: '', author: '', digest: '', source: '', source_url: '', cover_id: null, credits: [], body: null },
  states: [],
  asked: [],
  answerToRestore: true,
  conflicts: [],
  results: [],
  write(title, target) {
    desk.fields = { ...desk.fields, title };
    target.changed();
  },
  async startAutosave(more = {}) {
    desk.autosave = createAutosave({
      user: 7,
      article: 42,
      url: '/autosave/42',
      csrfToken: () => 'token-1',
      baseRevision: 3,
      serverSavedAt: null,
      quietMs: 100,
      read: () => desk.fields,
      restore: (fields) => { desk.fields = fields; },
      askRestore: async (copy) => {
        desk.asked.push(copy);
        return desk.answerToRestore;
      },
      onState: (state) => desk.states.push(state),
      onConflict: (answer) => desk.conflicts.push(answer),
      ...more,
    });
    await desk.autosave.start();
  },
  startPreview(more = {}) {
    desk.preview = createPreview(document.getElementById('phone'), {
      url: '/preview/42',
      csrfToken: () => 'token-1',
      read: () => desk.fields,
      onResult: (result) => desk.results.push(result),
      onState: (state) => desk.states.push(state),
      ...more,
    });
  },
};

window.desk = desk;
window.ready = true;
