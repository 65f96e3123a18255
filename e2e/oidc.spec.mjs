// Signing in at an identity provider: a real one (oidc-provider), and one that misbehaves in every way it can think of.

import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, request, test } from '@playwright/test';
import Provider from 'oidc-provider';
import { DESK } from './lib.mjs';

const free = () =>
  new Promise((done) => {
    const server = socket().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const folder = mkdtempSync(join(tmpdir(), 'oidc-'));
const secret = randomBytes(16).toString('hex');
let bestendig, real, false_, own;
const people = new Map();

/** A provider that does as it is told, right or wrong. */
function misbehaving(issuer) {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const asked = new Map();
  const me = { mode: {}, asked: null, tokens: 0 };
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (nonce) => {
    const { mode } = me;
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, sub: 'een', aud: 'bestendig', iat: now, exp: now + 300, nonce, preferred_username: me.login };
    const head = `${part({ alg: mode.none ? 'none' : 'RS256', kid: 'een' })}.${part({ ...claims, ...mode.claims })}`;
    if (mode.none) return `${head}.`;
    return `${head}.${sign('sha256', Buffer.from(head), (mode.stranger ? stranger : key).privateKey).toString('base64url')}`;
  };
  me.server = createServer((ask, answer) => {
    const url = new URL(ask.url, issuer);
    const json = (value, status = 200) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (url.pathname === '/.well-known/openid-configuration') {
      return json({
        issuer: me.mode.discovery ?? issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    }
    if (url.pathname === '/jwks') {
      return json({ keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'een', use: 'sig', alg: 'RS256' }] });
    }
    if (url.pathname === '/token') {
      let body = '';
      ask.on('data', (data) => (body += data));
      ask.on('end', () => {
        const sent = new URLSearchParams(body);
        const wanted = asked.get(sent.get('code'));
        asked.delete(sent.get('code'));
        const challenge = createHash('sha256').update(sent.get('code_verifier') ?? '').digest('base64url');
        if (!wanted || challenge !== wanted.get('code_challenge')) return json({ error: 'invalid_grant' }, 400);
        me.tokens += 1;
        return json({ access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: token(wanted.get('nonce')) });
      });
      return undefined;
    }
    return json({}, 404);
  });
  /** Takes a request of ours, as the browser would bring it, and says where it goes back to. */
  me.answer = (to) => {
    const wanted = new URL(to).searchParams;
    const code = randomBytes(8).toString('hex');
    asked.set(code, wanted);
    const back = new URL(wanted.get('redirect_uri'));
    back.search = new URLSearchParams({ code, state: wanted.get('state'), ...me.mode.back });
    return { back: back.toString(), wanted };
  };
  return me;
}

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(600_000);
  const [port, realPort, falsePort] = [await free(), await free(), await free()];
  own = `http://localhost:${port}`;
  const issuer = `http://localhost:${realPort}`;
  real = new Provider(issuer, {
    clients: [
      { client_id: 'bestendig', client_secret: secret, redirect_uris: [`${own}/inloggen/oidc/echt/terug`] },
    ],
    claims: { profile: ['preferred_username'], email: ['email'] },
    conformIdTokenClaims: false,
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, preferred_username: people.get(sub) ?? sub }) }),
    cookies: { keys: [secret] },
  }).listen(realPort);
  false_ = misbehaving(`http://localhost:${falsePort}`);
  false_.server.listen(falsePort);
  const provider = (id, name, at) =>
    `[[provider]]\nid = "${id}"\nname = "${name}"\nissuer = "${at}"\nclient_id = "bestendig"\nclient_secret_file = "secret"\nsecond_factor_amr = ["mfa"]\n`;
  writeFileSync(join(folder, 'secret'), `${secret}\n`);
  writeFileSync(
    join(folder, 'oidc.toml'),
    provider('echt', 'Gemeente Voorbeeld', issuer) + provider('vals', 'Vals', `http://localhost:${falsePort}`),
  );
  const at = ['--data', join(folder, 'data'), '--key', join(folder, 'key'), '--oidc', join(folder, 'oidc.toml')];
  const program = process.env.BESTENDIG_PROGRAM;
  expect(program, 'BESTENDIG_PROGRAM names the program to test').toBeTruthy();
  bestendig = spawn(program, ['demo', '--programme', 'one-city', '--port', String(port), ...at], { stdio: 'ignore' });
  await expect
    .poll(() => fetch(`${own}/gezondheid`).then((answer) => answer.status, () => 0), { timeout: 300_000 })
    .toBe(200);
  const page = await (await fetch(`${own}/inloggen`)).text();
  [, false_.login] = page.match(/<th scope="row">(coordinator[^<]*)<\/th>/);
  people.set('echte-coordinator', false_.login);
});

test.afterAll(() => {
  bestendig?.kill();
  real?.close();
  false_?.server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('through a real provider', DESK, async ({ browser }) => {
  const context = await browser.newContext({ baseURL: own });
  const page = await context.newPage();
  const enter = async (name) => {
    await page.goto('/inloggen?naar=/werklijst');
    await page.getByRole('link', { name: 'Inloggen met Gemeente Voorbeeld' }).click();
    await page.locator('input[name="login"]').fill(name);
    await page.locator('input[name="password"]').fill('x');
    await page.locator('button[type="submit"]').click();
    await page.locator('button[type="submit"]').click();
  };
  await enter('echte-coordinator');
  await expect(page).toHaveURL(`${own}/werklijst`);
  await expect(page.locator('.bst-user__name')).toBeVisible();
  const cookies = await context.cookies(own);
  expect(cookies.some(({ value }) => value.includes('.')), 'no token reaches the browser').toBe(false);

  // someone at the provider who has no account here does not get one
  await context.clearCookies();
  await enter('iemand-anders');
  await expect(page.getByRole('alert')).toContainText('is niet gelukt');
  // nor someone whose claim equals that of an account that is another person's
  await context.clearCookies();
  people.set('naamgenoot', false_.login);
  await enter('naamgenoot');
  await expect(page.getByRole('alert')).toContainText('is niet gelukt');
  await context.close();
});

/** Signs in at the provider that misbehaves; what the way back answers. */
async function attempt(mode, change = (back) => back, drop = false) {
  false_.mode = mode;
  const browser = await request.newContext({ baseURL: own, maxRedirects: 0 });
  const begun = await browser.get('/inloggen/oidc/vals');
  if (begun.status() !== 303) return { status: begun.status(), again: begun.status(), page: await begun.text() };
  const { back, wanted } = false_.answer(begun.headers().location);
  expect(wanted.get('code_challenge_method')).toBe('S256');
  expect(wanted.get('scope').split(' ').sort()).toEqual(['email', 'openid', 'profile']);
  const other = drop ? await request.newContext({ baseURL: own, maxRedirects: 0 }) : browser;
  const ended = await other.get(change(back));
  const again = await other.get(change(back));
  return { status: ended.status(), again: again.status(), page: await ended.text() };
}

test('what is wrong is refused', DESK, async () => {
  const good = await attempt({});
  expect(good.status, 'the provider can do it right').toBe(303);
  expect(good.again, 'a replayed answer').toBe(403);

  const past = Math.floor(Date.now() / 1000) - 7200;
  const wrong = {
    'another nonce': [{ claims: { nonce: 'x' } }],
    'no nonce': [{ claims: { nonce: undefined } }],
    'another audience': [{ claims: { aud: 'iemand-anders' } }],
    'expired': [{ claims: { iat: past, exp: past + 60 } }],
    'another issuer': [{ claims: { iss: 'https://elders.example' } }],
    'signed by a stranger': [{ stranger: true }],
    'not signed': [{ none: true }],
    'metadata of another issuer': [{ discovery: 'https://elders.example' }],
    'an answer that names another provider': [{ back: { iss: 'https://elders.example' } }],
    'a state that is not ours': [{ back: { state: 'x' } }],
    'no state': [{}, (back) => back.replace(/&?state=[^&]*/, '')],
    'a code that is not there': [{ back: { code: 'x' } }],
    'an answer for another provider': [{}, (back) => back.replace('/oidc/vals/', '/oidc/echt/')],
    'another browser': [{}, (back) => back, true],
  };
  for (const [what, how] of Object.entries(wrong)) {
    const { status } = await attempt(...how);
    expect(status, what).toBe(403);
  }
});
