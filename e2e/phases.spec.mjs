// One file in each phase: every form that is offered there, the person, what goes wrong, and the way back.

import { expect, test } from '@playwright/test';
import { DESK, PASSWORD, SCREENS, axe, complaints, look, noSidewaysScroll, session, signIn, validHtml } from './lib.mjs';

test.use({ storageState: session('coordinator.groningen') });

const PHASES = ['registration', 'intake', 'dossier', 'rest-period', 'decision', 'guidance', 'ended'];

/** The first file in a phase, or nothing. */
async function file(page, phase) {
  await page.goto(`/werklijst?fase=${phase}&beeindigd=ja`);
  const link = page.locator('tbody th a').first();
  return (await link.count()) ? link.getAttribute('href') : undefined;
}

/** What a page that was answered to a form has to hold to. */
async function answered(page, status, answer) {
  expect(answer.status()).toBe(status);
  await validHtml(await answer.text(), page.url());
  await noSidewaysScroll(page);
  await axe(page);
}

async function send(page, form) {
  const [answer] = await Promise.all([page.waitForNavigation(), form.locator('button[type="submit"]').last().click()]);
  return answer;
}

test('every form of every phase', SCREENS, async ({ page, baseURL }) => {
  const found = complaints(page, baseURL);
  const seen = new Set();
  const phases = [];
  for (const phase of PHASES) {
    const base = await file(page, phase);
    if (!base) continue;
    phases.push(phase);
    await look(page, base, 'nl', found, { baseURL });
    const forms = await page.locator('a[href*="/doe/"]').evaluateAll((links) => links.map((a) => a.pathname + a.search));
    for (const path of forms) {
      const kind = path.replace(/^.*\/doe\//, '').replace(/\?.*/, '');
      if (seen.has(kind)) continue;
      seen.add(kind);
      await look(page, path, 'nl', found, { baseURL });
    }
  }
  expect(phases.length, `${phases}`).toBeGreaterThan(4);
  for (const kind of ['toelating', 'intake', 'knelpunt', 'vertrek']) expect([...seen]).toContain(kind);
});

test('correct, withdraw, and the person', SCREENS, async ({ page, baseURL }) => {
  const found = complaints(page, baseURL);
  const base = await file(page, 'guidance');
  await page.goto(`${base}/tijdlijn?alles=1`);
  const links = (mark) => page.locator(`main a[href$="${mark}"]`).first().getAttribute('href');
  const [correct, withdraw] = [await links('/verbeter'), await links('/intrekken')];
  for (const path of [correct, withdraw, `${base}/tijdlijn?alles=1&soort=dossier`]) await look(page, path, 'nl', found, { baseURL });
  await page.goto(base);
  const person = await page.locator('h1 a').getAttribute('href');
  for (const act of ['', '/gegevens', '/koppelen']) await look(page, person + act, 'nl', found, { baseURL });
  await page.goto(person);
  for (const mark of ['/verbeter', '/intrekken']) {
    await page.goto(person);
    await look(page, await links(mark), 'nl', found, { baseURL });
  }
  const ended = await file(page, 'ended');
  await page.goto(ended);
  const again = (await page.locator('h1 a').getAttribute('href')).replace('/deelnemer/', '/aanmelden/');
  await look(page, again, 'nl', found, { baseURL });
});

test('search results', SCREENS, async ({ page }) => {
  await page.goto('/deelnemers');
  const form = page.locator('main form').first();
  await form.locator('input[name="zoek"]').fill('Proef Kast');
  await answered(page, 200, await send(page, form));
});

test('what does not exist and what may not be', DESK, async ({ page, browser, baseURL }) => {
  const found = complaints(page, baseURL);
  await look(page, '/traject/00000000-0000-4000-8000-000000000000', 'nl', found, { baseURL, status: 404 });
  await look(page, '/bestaat-niet', 'nl', found, { baseURL, status: 404 });
  const context = await browser.newContext({ baseURL, storageState: session('politie.groningen') });
  const police = await context.newPage();
  await look(police, '/werklijst', 'nl', complaints(police, baseURL), { baseURL, status: 403 });
  await context.close();
});

/** A file of its own for each screen, so that both may run at once. */
async function own(page, info) {
  await page.goto('/werklijst?fase=guidance');
  return page.locator('tbody th a').nth(info.project.name === 'phone' ? 1 : 0).getAttribute('href');
}

test('a step can be undone', SCREENS, async ({ page }, info) => {
  const base = await own(page, info);
  await page.goto(`${base}/doe/knelpunt`);
  const form = page.locator('form.bst-form');
  const options = await form.locator('select[name="obstacle"] option').evaluateAll((all) => all.map((one) => one.value));
  // an obstacle that is open already cannot be noted again: the first that is accepted
  for (const code of options.filter(Boolean)) {
    await form.locator('select[name="obstacle"]').selectOption(code);
    await send(page, form);
    if (page.url().includes('vastgelegd=')) break;
  }
  expect(page.url()).toContain('vastgelegd=');
  const undo = page.locator('.bst-alert [href*="intrekken"]');
  await expect(undo).toBeVisible();
  await noSidewaysScroll(page);
  await axe(page);
  await undo.click();
  await expect(page.locator('textarea[name="why"]')).not.toHaveValue('');
  await send(page, page.locator('form.bst-form'));
  await expect(page).toHaveURL(/tijdlijn/);
});

test('a colleague who was first is shown, with both versions', SCREENS, async ({ page, browser, baseURL }, info) => {
  await page.goto(await own(page, info));
  const path = `${await page.locator('h1 a').getAttribute('href')}/gegevens`;
  const context = await browser.newContext({ baseURL, storageState: session('begeleider.groningen') });
  const colleague = await context.newPage();
  await page.goto(path);
  await colleague.goto(path);
  await colleague.locator('input[name="name-2-text"]').fill('Vanhen Verzonnen');
  await send(colleague, colleague.locator('form.bst-form'));
  await expect(colleague).not.toHaveURL(/gegevens/);
  await context.close();

  await page.locator('input[name="name-2-text"]').fill('Vanmij Verzonnen');
  await answered(page, 409, await send(page, page.locator('form.bst-form')));
  const versions = page.locator('.bst-conflict__version');
  await expect(versions.nth(0)).toContainText('Vanhen Verzonnen');
  await expect(versions.nth(1)).toContainText('Vanmij Verzonnen');
  await expect(page.locator('input[name="name-2-text"]')).toHaveValue('Vanmij Verzonnen');
});

test('a form survives the end of the session', SCREENS, async ({ browser, baseURL }, info) => {
  // a session of its own, because it ends here
  const { viewport } = info.project.use;
  const context = await browser.newContext({ baseURL, viewport, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await signIn(page, 'coordinator.groningen');
  await page.goto('/aanmelden');
  await page.locator('main input[name="zoek"]').fill('Kapstok Verzonnen');
  await send(page, page.locator('main form').first());
  const form = page.locator('form:has(input[name="name-1-text"])');
  await form.locator('textarea[name="circumstances"]').fill('Lang verhaal, verzonnen.');

  const before = await context.cookies();
  const other = await context.newPage();
  await other.goto('/');
  await other.locator('form[action="/uitloggen"] button').click();
  await context.addCookies(before);

  await answered(page, 403, await send(page, form));
  await page.locator('input[name="naam"]').fill('coordinator.groningen');
  await page.locator('input[name="wachtwoord"]').fill(PASSWORD);
  await answered(page, 200, await send(page, page.locator('form:has(input[name="wachtwoord"])')));
  await answered(page, 200, await send(page, page.locator('main form')));
  await expect(page.locator('textarea[name="circumstances"]')).toHaveValue('Lang verhaal, verzonnen.');
  await context.close();
});
