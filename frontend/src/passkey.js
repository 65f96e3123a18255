// Passkeys: the only thing that cannot be done without a script. The challenge stands in the form, and the answer goes back in it.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');

/** What the browser asks for: the same, with bytes instead of letters. */
function options({ publicKey }) {
  const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  const out = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (out.user) out.user = { ...out.user, id: bytes(out.user.id) };
  if (out.excludeCredentials) out.excludeCredentials = named(out.excludeCredentials);
  if (out.allowCredentials) out.allowCredentials = named(out.allowCredentials);
  return { publicKey: out };
}

/** The answer of a device, with letters instead of bytes. */
function answer(credential) {
  const { response } = credential;
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const given = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(given),
    extensions: {},
  });
}

async function ask(form) {
  const said = form.querySelector('[data-bst-passkey-said]');
  said.textContent = '';
  try {
    const wanted = options(JSON.parse(form.dataset.bstPasskey));
    const making = 'bstPasskeyNew' in form.dataset;
    const given = await (making ? navigator.credentials.create(wanted) : navigator.credentials.get(wanted));
    form.elements.namedItem('passkey').value = answer(given);
    form.requestSubmit();
  } catch {
    // refused, put off or not there: the browser has said why
    said.textContent = said.dataset.failed;
  }
}

for (const form of document.querySelectorAll('form[data-bst-passkey]')) {
  form.querySelector('[data-bst-passkey-go]')?.addEventListener('click', () => ask(form));
}
