// Every page, in every language of the screen: it answers, is accessible, asks nothing of anyone else, and fits.

import { expect, test } from '@playwright/test';
import { axe, complaints, noSidewaysScroll, session, speak } from './lib.mjs';

const PAGES = ['/', '/werklijst', '/werklijst?termijn=verlopen&fase=guidance', '/deelnemers', '/aanmelden', '/cijfers'];
const TABS = ['', '/tijdlijn', '/tijdlijn?alles=1', '/plan', '/dossier', '/medewerking', '/partners', '/afdruk'];
const LANGUAGES = ['nl', 'en'];

/** What holds for every page. */
async function look(page, path, language, found, { javaScriptEnabled, baseURL }) {
  const answer = await page.goto(path);
  expect(answer.status(), path).toBe(200);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  await expect(page.locator('h1'), path).toHaveCount(1);
  await noSidewaysScroll(page);
  await axe(page, { javaScriptEnabled, baseURL });
  expect(found, path).toEqual([]);
}

/** The address of a file in guidance. */
async function file(page) {
  await page.goto('/werklijst?fase=guidance');
  return page.locator('tbody th a').first().getAttribute('href');
}

test('signing in', async ({ page, baseURL, javaScriptEnabled }) => {
  const found = complaints(page, baseURL);
  await look(page, '/inloggen', 'nl', found, { javaScriptEnabled, baseURL });
});

for (const login of ['coordinator.groningen', 'begeleider.groningen']) {
  test.describe(login, () => {
    test.use({ storageState: session(login) });
    // every page as everyone on a desk; the coordinator's in Dutch on a phone and without scripts as well
    const rest = ({ project }) => project.name !== 'desktop' && login !== 'coordinator.groningen';
    test.beforeEach(({}, info) => test.skip(rest(info), 'looked at on a desk'));

    for (const language of LANGUAGES) {
      const other = ({ project }) => project.name !== 'desktop' && language !== 'nl';
      test(`lists in ${language}`, async ({ page, context, baseURL, javaScriptEnabled }, info) => {
        test.skip(other(info), 'looked at on a desk');
        const found = complaints(page, baseURL);
        await speak(context, baseURL, language);
        for (const path of PAGES) await look(page, path, language, found, { javaScriptEnabled, baseURL });
      });

      test(`the file in ${language}`, async ({ page, context, baseURL, javaScriptEnabled }, info) => {
        test.skip(other(info), 'looked at on a desk');
        const found = complaints(page, baseURL);
        await speak(context, baseURL, language);
        const base = await file(page);
        for (const tab of TABS) await look(page, base + tab, language, found, { javaScriptEnabled, baseURL });
      });
    }

    test('every form that is offered', async ({ page, baseURL, javaScriptEnabled }) => {
      const found = complaints(page, baseURL);
      await page.goto(await file(page));
      const forms = await page.locator('a[href*="/doe/"]').evaluateAll((links) => links.map((a) => a.pathname));
      expect(forms.length).toBeGreaterThan(5);
      for (const path of forms) await look(page, path, 'nl', found, { javaScriptEnabled, baseURL });
    });
  });
}

for (const login of ['politie.groningen', 'onderzoeker']) {
  test.describe(login, () => {
    test.use({ storageState: session(login) });

    test('has no lists and is told why', async ({ page, baseURL, javaScriptEnabled }) => {
      const found = complaints(page, baseURL);
      await look(page, '/', 'nl', found, { javaScriptEnabled, baseURL });
      const answer = await page.goto('/werklijst');
      expect(answer.status()).toBe(403);
    });
  });
}
