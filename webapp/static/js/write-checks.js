// What the checks found: what must be mended first, then the rest, those of one kind together; what was answered last.
import { tell } from './desk.js';
import { moment } from './times.js';
import { sendJson } from './write-requests.js';

const keyOf = ({ code, severity, field, block, start, end }) => [code, severity, field, block, start, end].join('|');

function grouped(findings) {
  const groups = new Map();
  for (const finding of findings) {
    const key = `${finding.severity}|${finding.code}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(finding);
  }
  return [...groups.values()];
}

const isFixable = ({ fix, block, start, field }) => fix !== null && block !== null && start !== null && !field;

function make(tag, className = '', text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function button(className, text, act) {
  const made = make('button', className, text);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

/**
 * options: url (of the findings' answers), onGo(finding), onFix(finding), onCount(must, all), beforeAnswer() (stores
 * the text, so that the server knows the finding), onAllowed() (the rules have changed).
 */
export function createChecks({ url, onGo, onFix, onCount, beforeAnswer, onAllowed }) {
  const place = document.querySelector('[data-findings]');
  const nothing = document.querySelector('[data-findings-none]');
  const opened = new Map();
  let findings = [];
  let isChecked = false;
  let rights = { answers: {}, stage: 0, may_answer: false, may_allow: false };

  const answered = ({ fingerprint }) => (rights.answers[fingerprint] ?? []).at(-1);

  function fixButton(word, chosen) {
    return button('link small finding-fix', word, () => {
      // From the end backwards, so that a place still to be mended does not move.
      const order = [...chosen].sort((a, b) => b.block - a.block || b.start - a.start);
      for (const finding of order) onFix(finding);
    });
  }

  async function send(finding, body) {
    const address = `${url}/${finding.fingerprint}`;
    try {
      return await sendJson('POST', address, body);
    } catch (error) {
      if (error.status !== 404) throw error;
      // Found in what is not stored yet: the answer hangs on a revision.
      await beforeAnswer();
      return sendJson('POST', address, body);
    }
  }

  function remember(finding, told) {
    const others = (rights.answers[finding.fingerprint] ?? []).filter((one) => one.stage !== told.stage);
    rights.answers[finding.fingerprint] = [...others, told];
    place.replaceChildren();
    draw();
  }

  async function ignore(finding, reason) {
    remember(finding, await send(finding, { answer: 'ignored', reason }));
    tell('忽略了这一处，理由审核会看到。', () => takeBack(finding));
  }

  async function accept(finding) {
    try {
      remember(finding, await send(finding, { answer: 'accepted' }));
      tell('采纳了，审核会看到。', () => takeBack(finding));
    } catch (error) {
      tell(error.message);
    }
  }

  /** The answer given at this stage is taken back; those of other stages stay. */
  async function takeBack(finding) {
    try {
      await sendJson('DELETE', `${url}/${finding.fingerprint}`);
      const kept = (rights.answers[finding.fingerprint] ?? []).filter(({ stage }) => stage !== rights.stage);
      rights.answers[finding.fingerprint] = kept;
      place.replaceChildren();
      draw();
    } catch (error) {
      tell(error.message);
    }
  }

  async function allow(finding, reason, phrase) {
    const told = await send(finding, { answer: 'allow', reason, phrase });
    tell(`以后都放行“${told.phrase}”。`, async () => {
      await sendJson('POST', `/proofreading/allowed/${told.allowed_id}/take-back`).catch((error) => tell(error.message));
      onAllowed();
    });
    place.replaceChildren();
    onAllowed();
  }

  function field(label, maxLength, value = '') {
    const input = make('input', 'input input-small');
    Object.assign(input, { required: true, maxLength, value, autocomplete: 'off' });
    const around = make('label', 'finding-field');
    around.append(make('span', 'tiny muted', label), input);
    return { around, input };
  }

  function answerForm(finding) {
    const form = make('form', 'finding-answer');
    const reason = field('理由，审核会看到', 500);
    const wrong = make('p', 'field-error');
    wrong.hidden = true;
    wrong.setAttribute('role', 'alert');
    const act = async (deed) => {
      if (!form.reportValidity()) return;
      try {
        await deed();
      } catch (error) {
        wrong.textContent = error.message;
        wrong.hidden = false;
      }
    };
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      act(() => ignore(finding, reason.input.value.trim()));
    });
    form.append(reason.around, make('button', 'button button-small', '忽略这一处'));
    if (rights.may_allow && finding.excerpt) {
      const phrase = field('以后都放行的词句；连上前后的字，就只放行这种用法', 100, finding.excerpt);
      const allowing = () => allow(finding, reason.input.value.trim(), phrase.input.value.trim());
      form.append(phrase.around, button('button button-small', '以后都放行', () => act(allowing)));
    }
    form.append(wrong);
    return form;
  }

  function answerButtons(finding, item) {
    if (!isFixable(finding)) item.append(button('link small finding-fix', '采纳', () => accept(finding)));
    const word = rights.may_allow && finding.excerpt ? '忽略或放行…' : '忽略…';
    const opener = button('link small finding-fix', word, () => {
      const form = answerForm(finding);
      opener.replaceWith(form);
      form.querySelector('input').focus();
    });
    item.append(opener);
  }

  function told({ answer, by, reason, stage_name: stage, at }) {
    const when = at ? moment(at) : '';
    const words = answer === 'ignored' ? `忽略：${reason}` : `采纳${reason && `：${reason}`}`;
    return `${by}${words}（${[stage, when].filter(Boolean).join('，')}）`;
  }

  /** What is lacking is put in on the picture's own page; coming back from there one finds the list as it is then. */
  function pictureLink(asset) {
    const link = make('a', 'link small finding-fix', '打开这张图片');
    Object.assign(link, { href: `/media/${asset}/about`, target: '_blank', rel: 'noopener' });
    link.addEventListener('click', () => window.addEventListener('focus', onAllowed, { once: true }));
    return link;
  }

  function line(finding) {
    const item = make('li', 'finding');
    item.dataset.key = keyOf(finding);
    const go = button('finding-go', '', () => onGo(finding));
    go.append(make('span', '', finding.message));
    if (finding.excerpt) go.append(make('q', '', finding.excerpt));
    item.append(go);
    if (finding.asset) item.append(pictureLink(finding.asset));
    const answer = answered(finding);
    if (answer) {
      for (const one of rights.answers[finding.fingerprint]) {
        item.append(make('p', 'finding-answered tiny muted', told(one)));
      }
      if (rights.may_answer && answer.stage === rights.stage) {
        item.append(button('link small', '收回答复', () => takeBack(finding)));
      }
      return item;
    }
    if (isFixable(finding)) item.append(fixButton(`改为“${finding.fix || '（删去）'}”`, [finding]));
    if (rights.may_answer && finding.severity === 'should') answerButtons(finding, item);
    return item;
  }

  function box(key, className, isOpen, head, all) {
    const made = make('details', className);
    made.open = opened.get(key) ?? isOpen;
    made.addEventListener('toggle', () => opened.set(key, made.open));
    const summary = make('summary');
    summary.append(...head, make('span', 'muted small', `${all.length} 处`));
    made.append(summary);
    const fixable = all.filter((one) => isFixable(one) && !answered(one));
    if (fixable.length > 1) made.append(fixButton(`这 ${fixable.length} 处都改好`, fixable));
    const list = make('ul');
    list.append(...all.map(line));
    made.append(list);
    return made;
  }

  function group(all) {
    const [{ severity, code, label }] = all;
    const grave = make('span', 'finding-grave', severity === 'must' ? '必须改' : '建议改');
    const isOpen = severity === 'must' || all.length <= 5;
    return box(`${severity}|${code}`, `findings findings-${severity}`, isOpen, [grave, ` ${label} `], all);
  }

  const musts = () => findings.filter(({ severity }) => severity === 'must').length;

  /** Not under somebody's hands: a reason that is being written stays. */
  function draw() {
    if (place.querySelector('.finding-answer input')?.value) return;
    const open = findings.filter((one) => !answered(one));
    const settled = findings.filter(answered);
    const boxes = grouped(open).map(group);
    if (settled.length) boxes.push(box('answered', 'findings findings-answered', false, ['已答复 '], settled));
    place.replaceChildren(...boxes);
    nothing.hidden = open.length > 0;
    nothing.textContent = isChecked ? '没有发现要改的地方。' : '正在检查…';
    onCount(musts(), open.length);
  }

  sendJson('GET', url).then((answer) => {
    rights = answer;
    draw();
  }, () => {});

  return {
    musts,
    /** Those that are still to be marked in the text. */
    open: () => findings.filter((one) => !answered(one)),
    show(found) {
      findings = found;
      isChecked = true;
      draw();
    },
    /** Shows a finding in the list, the one that was clicked in the text. */
    point(finding) {
      const item = place.querySelector(`[data-key="${CSS.escape(keyOf(finding))}"]`);
      if (!item) return;
      item.closest('details').open = true;
      item.scrollIntoView({ block: 'nearest' });
      item.querySelector('button').focus();
    },
  };
}
