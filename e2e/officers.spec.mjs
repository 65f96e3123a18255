// The pages of those who watch over the records: privacy officer, administrator, who answers participants; and the pages
// that come into being by doing something: a kept analysis, a release, a question, broken glass, a recommendation.

import { expect, test } from '@playwright/test';
import { EVERYWHERE, complaints, look, session, speak } from './lib.mjs';

/** Sends a form by its button; where it ends has to be another page. */
async function send(page, form) {
  const before = page.url();
  await form.locator('button[type="submit"]').last().click();
  await page.waitForURL((url) => url.href !== before);
}

/** The first link that leads to an address. */
async function link(page, start) {
  return page.locator(`main a[href^="${start}"]`).first().getAttribute('href');
}

test.describe('privacy officer', () => {
  test.use({ storageState: session('privacy.groningen') });

  for (const language of ['nl', 'en']) {
    test(`what is watched over, in ${language}`, EVERYWHERE, async ({ page, context, baseURL, javaScriptEnabled }) => {
      const found = complaints(page, baseURL);
      await speak(context, baseURL, language);
      await page.goto('/');
      const menu = await page.locator('.ams-menu a').evaluateAll((links) => links.map((a) => a.pathname));
      expect(menu).toEqual(expect.arrayContaining(['/rechten', '/beheer/leeslog', '/beheer/noodtoegang']));
      for (const path of menu) await look(page, path, language, found, { javaScriptEnabled, baseURL });
    });
  }

  test('one participant: the record, who read it, who sees it', EVERYWHERE, async ({ page, context, browser, baseURL, javaScriptEnabled }) => {
    // the officer has no lists: a colleague who has says about whom it is
    const other = await browser.newContext({ baseURL, storageState: session('coordinator.groningen') });
    const lead = await other.newPage();
    await lead.goto('/werklijst?fase=guidance');
    await lead.goto(await lead.locator('tbody th a').first().getAttribute('href'));
    const person = await link(lead, '/deelnemer/');
    await other.close();
    const found = complaints(page, baseURL);
    for (const language of ['nl', 'en']) {
      await speak(context, baseURL, language);
      for (const path of ['', '/wie-las', '/wie-ziet']) {
        await look(page, person + path, language, found, { javaScriptEnabled, baseURL });
      }
    }
  });
});

test.describe('administrator', () => {
  test.use({ storageState: session('beheer') });

  test('users, and what is to be destroyed', EVERYWHERE, async ({ page, context, baseURL, javaScriptEnabled }) => {
    const found = complaints(page, baseURL);
    for (const language of ['nl', 'en']) {
      await speak(context, baseURL, language);
      for (const path of ['/beheer/gebruikers', '/beheer/gebruikers/nieuw', '/beheer/vernietigen']) {
        await look(page, path, language, found, { javaScriptEnabled, baseURL });
      }
    }
  });
});

test.describe('what one makes', () => {
  test.use({ storageState: session('coordinator.groningen') });

  test('an analysis that is kept', EVERYWHERE, async ({ page, baseURL, javaScriptEnabled }) => {
    const found = complaints(page, baseURL);
    await page.goto('/evaluatie');
    await send(page, page.locator('form[action="/evaluatie"][method="post"]'));
    await look(page, new URL(page.url()).pathname, 'nl', found, { javaScriptEnabled, baseURL });
  });

  test('a draft of a release', EVERYWHERE, async ({ page, baseURL, javaScriptEnabled }) => {
    const found = complaints(page, baseURL);
    await page.goto('/cijfers/vrijgaven');
    await page.locator('form[action="/cijfers/vrijgaven"] input[type="text"]').first().fill('Proefdruk, verzonnen');
    await send(page, page.locator('form[action="/cijfers/vrijgaven"]'));
    await look(page, new URL(page.url()).pathname, 'nl', found, { javaScriptEnabled, baseURL });
  });

  test('registering a member of the household', EVERYWHERE, async ({ page, baseURL, javaScriptEnabled }) => {
    const found = complaints(page, baseURL);
    await page.goto('/werklijst?fase=guidance');
    await page.goto(await page.locator('tbody th a').first().getAttribute('href'));
    await page.goto(await link(page, '/deelnemer/'));
    await look(page, await link(page, '/aanmelden/'), 'nl', found, { javaScriptEnabled, baseURL });
  });

  test('the queue, page by page', EVERYWHERE, async ({ page, baseURL, javaScriptEnabled }) => {
    const found = complaints(page, baseURL);
    for (const path of ['/overleg/doorstroom', '/overleg/doorstroom?pagina=2']) {
      await look(page, path, 'nl', found, { javaScriptEnabled, baseURL });
    }
  });
});
