// What the script adds to pages that already work without it: the error summary takes focus, and a form cannot be sent
// twice. Nothing here may be needed to do the work.

import './passkey.js';

// Lets the stylesheet show controls that only work with a script (`bst-needs-js`).
document.documentElement.classList.add('bst-js');

/** After an invalid form the summary of errors is read first. */
function focusErrorSummary() {
  document.querySelector('[data-bst-error-summary]')?.focus();
}

/** A second click on a slow line would record the same thing twice. */
const sending = new WeakSet();

document.addEventListener(
  'submit',
  (event) => {
    const form = event.target;
    // filters and searches change nothing, and are sent again and again while someone types
    if (!(form instanceof HTMLFormElement) || form.getAttribute('method')?.toLowerCase() !== 'post') return;
    if (sending.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sending.add(form);
    // not `disabled`: the name of a disabled button is not sent, and focus would be lost
    for (const button of submitButtons(form)) button.setAttribute('aria-disabled', 'true');
  },
  { capture: true },
);

function submitButtons(form) {
  return [...form.elements].filter((element) => element.type === 'submit');
}

function release(form) {
  sending.delete(form);
  for (const button of submitButtons(form)) button.removeAttribute('aria-disabled');
}

// The browser's back button brings the page back as it was left, locks included.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) for (const form of document.forms) release(form);
});

// On a phone the filters and the menu would push the work off the screen; without a script they stay open.
if (window.matchMedia('(max-width: 48rem)').matches) {
  for (const panel of document.querySelectorAll('details[data-bst-closed-on-phone]')) panel.open = false;
}

document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-bst-print]')) window.print();
});

// Escape closes the menu of a phone and gives focus back to what opened it.
document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' && document.querySelector('details.bst-menu[open]');
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});

// A day counted from today, which is the day of the program and not that of the computer. The three inputs of a date are
// filled in; nothing is sent.
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-bst-days]');
  const today = document.body.dataset.bstToday;
  if (!button || !today) return;
  const day = new Date(`${today}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + Number(button.dataset.bstDays));
  const inputs = button.closest('.bst-date').querySelectorAll('input');
  const parts = [day.getUTCDate(), day.getUTCMonth() + 1, day.getUTCFullYear()];
  inputs.forEach((input, at) => {
    input.value = parts[at];
  });
  inputs[0].focus();
});

// `?` opens the help and `/` goes to the search field, but never while someone types, and not after they were switched
// off on the page of the help. The switch is all that is kept in the browser.
const SWITCH = 'bestendig-toetsen';
const typing = (element) => element.closest?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (localStorage.getItem(SWITCH) === 'uit' || typing(event.target)) return;
  const help = event.key === '?' && document.querySelector('[data-bst-help]');
  const search = event.key === '/' && document.querySelector('main input[name="zoek"], #zoek');
  if (help) help.click();
  if (search) {
    event.preventDefault();
    search.focus();
  }
});

const keys = document.querySelector('[data-bst-shortcuts]');
if (keys) {
  keys.checked = localStorage.getItem(SWITCH) !== 'uit';
  keys.addEventListener('change', () => localStorage.setItem(SWITCH, keys.checked ? 'aan' : 'uit'));
}

focusErrorSummary();
