// Title, author, digest and the rest, with their limits as thin bars; and the rows of credits.

const NAMES = ['title', 'author', 'digest', 'source', 'source_url'];

// As webapp/rendering/limits.py counts a title: a full-width character is two units.
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}“”‘’…—·]/u;

function titleUnits(text) {
  let units = 0;
  for (const character of text) units += WIDE.test(character) ? 2 : 1;
  return units;
}

const length = (text) => [...text].length;

function setBar(name, value, max, word) {
  const bar = document.querySelector(`[data-bar="${name}"]`);
  if (bar) {
    bar.max = max;
    bar.value = Math.min(value, max);
    bar.classList.toggle('bar-over', value > max);
  }
  const place = document.querySelector(`[data-bar-word="${name}"]`);
  if (!place) return;
  place.textContent = value > max ? `${word}，超了 ${value - max}` : word;
  place.classList.toggle('is-over', value > max);
}

function grow(area) {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}

export function createFields(limits, onChange) {
  const page = document.querySelector('.write');
  const forms = [...document.querySelectorAll('[data-form]')];
  const form = () => forms.find((one) => one.checked)?.value ?? 'news';
  const inputs = Object.fromEntries(
    NAMES.map((name) => [name, document.querySelector(`[data-field="${name}"]`)]),
  );

  function measure() {
    const units = titleUnits(inputs.title.value.trim());
    const most = form() === 'newspic' ? limits.newspic_title : limits.title;
    setBar('title', units, most, `标题 ${units}/${most}`);
    page.classList.toggle('is-newspic', form() === 'newspic');
    const digest = length(inputs.digest.value.trim());
    setBar('digest', digest, limits.digest, `${digest}/${limits.digest}`);
    grow(inputs.title);
  }

  for (const input of Object.values(inputs)) {
    input.addEventListener('input', () => {
      measure();
      onChange();
    });
  }
  for (const one of forms) {
    one.addEventListener('change', () => {
      measure();
      onChange();
    });
  }
  // Only where the column numbers its issues.
  const issue = document.querySelector('[data-issue]');
  const issueTold = document.querySelector('[data-issue-told]');
  // Only where each year counts anew.
  const issueYear = document.querySelector('[data-issue-year]');
  issueYear?.addEventListener('change', onChange);
  const writeYear = ({ issue_year: year, issue: number }) => {
    issueYear.value = issueYear.dataset.given === `${year}-${number}` ? '' : year || '';
  };
  issue?.addEventListener('input', () => {
    issue.value = issue.value.replace(/\D/g, '');
    onChange();
  });
  // A title is one line: Enter goes on to the author.
  inputs.title.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    inputs.author.focus();
  });
  window.addEventListener('resize', () => grow(inputs.title));
  document.fonts?.ready.then(() => grow(inputs.title));

  return {
    read: () => ({
      ...Object.fromEntries(NAMES.map((name) => [name, inputs[name].value.replaceAll('\n', ' ')])),
      form: form(),
      issue: Number(issue?.value) || null,
      issue_year: Number(issueYear?.value) || 0,
    }),
    write(content) {
      for (const name of NAMES) if (name in content) inputs[name].value = content[name] ?? '';
      if ('form' in content) for (const one of forms) one.checked = one.value === (content.form ?? 'news');
      if (issue && 'issue' in content) issue.value = content.issue ?? '';
      if (issueYear && 'issue_year' in content) writeYear(content);
      measure();
    },
    /** What the server says of the number. */
    issue({ told, is_taken: isTaken }) {
      if (!issue) return;
      issueTold.textContent = told;
      issueTold.classList.toggle('is-over', isTaken);
      issue.setAttribute('aria-invalid', isTaken);
    },
    limits({ form: sent, html_characters: characters }) {
      const [name, most] = sent === 'newspic' ? ['text', limits.newspic_text] : ['html', limits.html];
      const [count, all] = [characters, most].map((number) => number.toLocaleString('zh-CN'));
      setBar(name, characters, most, name === 'text' ? `文字 ${count}/${all}` : `${count} / ${all}`);
    },
    pictures(count) {
      setBar('pictures', count, limits.newspic_pictures, `图片 ${count}/${limits.newspic_pictures}`);
    },
  };
}

/** One row a label; the column's own labels stand there from the start. */
export function createCredits(labels, onChange) {
  const place = document.querySelector('[data-credit-rows]');

  function addRow(label, names) {
    const row = document.createElement('div');
    row.className = 'credit-row';
    for (const [name, value, word] of [['label', label, '名目'], ['names', names, '姓名']]) {
      const input = document.createElement('input');
      input.className = 'input input-small';
      input.value = value;
      input.maxLength = 255;
      input.dataset.credit = name;
      input.placeholder = word;
      input.autocomplete = 'off';
      input.setAttribute('aria-label', label && name === 'names' ? label : `署名的${word}`);
      input.addEventListener('input', onChange);
      row.append(input);
    }
    place.append(row);
    return row;
  }

  document.querySelector('[data-credit-add]').addEventListener('click', () => {
    addRow('', '').querySelector('input').focus();
  });

  return {
    read: () => [...place.children]
      .map((row) => [...row.querySelectorAll('input')].map((input) => input.value.trim()))
      .filter(([, names]) => names),
    write(pairs) {
      place.replaceChildren();
      const rest = new Set(labels);
      // 来源 has its own field above.
      rest.delete('来源');
      for (const [label, names] of pairs ?? []) {
        addRow(label, names);
        rest.delete(label);
      }
      for (const label of rest) addRow(label, '');
    },
  };
}
