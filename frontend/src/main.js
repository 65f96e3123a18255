// What the script adds to pages that already work without it: the error summary takes focus, and a form cannot be sent
// twice. Nothing here may be needed to do the work.

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

focusErrorSummary();
