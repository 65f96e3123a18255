// One's own account, second factors and rights: in the browser, with a device of the browser's own for passkeys.

import { createHmac } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { DESK, EVERYWHERE, axe, complaints, look, session, signIn, speak } from './lib.mjs';

/** The code an app shows now, or so many steps from now. */
function code(secret, steps = 0) {
  const bits = [...secret.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'));
  const key = Buffer.from(bits.join('').match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac('sha1', key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function password(page, login) {
  await page.goto('/inloggen');
  await page.locator('input[name="naam"]').fill(login);
  await page.locator('input[name="wachtwoord"]').fill(process.env.BESTENDIG_WACHTWOORD ?? 'bestendig-demo');
  await page.locator('form:has(input[name="wachtwoord"]) button[type="submit"]').first().click();
}

test.describe('one’s own account', () => {
  test.use({ storageState: session('begeleider.groningen') });
  for (const [language, where] of Object.entries({ nl: EVERYWHERE, en: DESK })) {
    test(`is readable in ${language}`, where, async ({ page, context, baseURL, javaScriptEnabled }) => {
      const found = complaints(page, baseURL);
      await speak(context, baseURL, language);
      for (const path of ['/account', '/account/sessies', '/account/wachtwoord']) {
        await look(page, path, language, found, { javaScriptEnabled, baseURL });
      }
    });
  }
});

test('users and rights are readable, and one’s own proposal waits for someone else', DESK, async ({ page, baseURL, javaScriptEnabled }) => {
  const found = complaints(page, baseURL);
  await signIn(page, 'beheer');
  await look(page, '/beheer/gebruikers', 'nl', found, { javaScriptEnabled, baseURL });
  await look(page, '/beheer/gebruikers/nieuw', 'nl', found, { javaScriptEnabled, baseURL });
  await page.goto('/beheer/gebruikers');
  await page.locator('tbody a', { hasText: /\p{L}/u }).first().click();
  await axe(page, { javaScriptEnabled, baseURL });
});

test('an app for codes: added, asked for, used once, and a recovery code instead of it', DESK, async ({ page, browser, baseURL }) => {
  test.slow();
  await signIn(page, 'opvang.eindhoven');
  await page.goto('/account/code');
  await axe(page);
  const secret = await page.locator('#geheim').textContent();
  const first = code(secret);
  await page.locator('#code').fill(first);
  await page.locator('form:has(#code) button[type="submit"]').click();
  const codes = await page.locator('#herstelcodes code').allTextContents();
  expect(codes).toHaveLength(10);
  await axe(page);

  const other = await (await browser.newContext({ baseURL })).newPage();
  await password(other, 'opvang.eindhoven');
  await expect(other.locator('#code')).toBeVisible();
  await axe(other);
  await other.goto('/werklijst');
  await expect(other, 'nothing else can be reached').toHaveURL(/\/inloggen\/tweede/);
  await other.locator('#code').fill(first);
  await other.getByRole('button', { name: 'Inloggen', exact: true }).click();
  await expect(other.getByRole('alert')).toContainText('klopt niet');
  await other.locator('#code').fill(codes[3].toUpperCase());
  await other.getByRole('button', { name: 'Inloggen', exact: true }).click();
  await expect(other).toHaveURL(/\/werklijst/);

  await other.goto('/account');
  await other.getByRole('button', { name: 'App verwijderen' }).click();
  await expect(other.getByText('App voor codes toevoegen')).toBeVisible();
});

test('a passkey: made, asked for, used, and removed', DESK, async ({ browser, baseURL }) => {
  test.slow();
  // passkeys are bound to a name, not to a number
  const named = baseURL.replace('127.0.0.1', 'localhost');
  const context = await browser.newContext({ baseURL: named });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await signIn(page, 'opvang.utrecht');
  await page.goto('/account/passkey');
  await axe(page);
  await page.locator('#naam').fill('Proefsleutel');
  await page.getByRole('button', { name: 'Passkey maken' }).click();
  await expect(page.locator('#herstelcodes code')).toHaveCount(10);
  await page.goto('/account');
  await expect(page.locator('#naam-1')).toHaveValue('Proefsleutel');
  await axe(page);

  await page.locator('form[action="/uitloggen"] button').click();
  await password(page, 'opvang.utrecht');
  await expect(page.locator('#code')).toBeVisible();
  await page.getByRole('button', { name: 'Passkey gebruiken' }).click();
  await expect(page.locator('.bst-user__name')).toBeVisible();

  await page.goto('/account');
  await page.getByRole('button', { name: 'Proefsleutel verwijderen' }).click();
  await expect(page.locator('#naam-1')).toHaveCount(0);
  await context.close();
});
