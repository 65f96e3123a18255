// Every page, in every language of the screen: it answers, is accessible, asks nothing of anyone else, and fits.

import { expect, test } from '@playwright/test';
import { DESK, EVERYWHERE, SCREENS, complaints, look, session, speak } from './lib.mjs';

const PAGES = ['/', '/werklijst', '/werklijst?termijn=verlopen&fase=guidance', '/deelnemers', '/aanmelden', '/overleg', '/cijfers', '/evaluatie', '/evaluatie?per=scenario&vanaf=scenario', '/werkwijzen', '/toezicht', '/toezicht?pagina=2', '/toezicht/verslag', '/hulp', '/checkpoints', '/doel', '/noodtoegang', '/vragen', '/beheer/noodtoegang', '/beheer/leeslog'];
const TABS = ['', '/tijdlijn', '/tijdlijn?alles=1', '/plan', '/dossier', '/medewerking', '/partners', '/afdruk', '/termijnen'];

/** The address of a file in guidance. */
async function file(page) {
  await page.goto('/werklijst?fase=guidance');
  return page.locator('tbody th a').first().getAttribute('href');
}

test('signing in', EVERYWHERE, async ({ page, baseURL, javaScriptEnabled }) => {
  const found = complaints(page, baseURL);
  await look(page, '/inloggen', 'nl', found, { javaScriptEnabled, baseURL });
});

test('how to report a leak', EVERYWHERE, async ({ page, context, baseURL, javaScriptEnabled }) => {
  const found = complaints(page, baseURL);
  for (const language of ['nl', 'en']) {
    await speak(context, baseURL, language);
    await look(page, '/beveiliging', language, found, { javaScriptEnabled, baseURL });
  }
});

test('released figures, for everyone', EVERYWHERE, async ({ page, context, baseURL, javaScriptEnabled }) => {
  const found = complaints(page, baseURL);
  for (const language of ['nl', 'en']) {
    await speak(context, baseURL, language);
    await look(page, '/openbaar/cijfers', language, found, { javaScriptEnabled, baseURL });
  }
});

// English words stand in the same pages and a colleague has the same lists: seen once, on a desk.
// Each is offered at least so many forms on a file in guidance; the house records stays and nothing else.
const SEEN = [
  { login: 'coordinator.groningen', offered: 3, languages: { nl: EVERYWHERE, en: SCREENS } },
  { login: 'begeleider.groningen', offered: 3, languages: { nl: DESK } },
  { login: 'opvang.groningen', offered: 1, languages: { nl: DESK } },
  { login: 'ind.groningen', offered: 3, languages: { nl: DESK } },
  { login: 'dtv.groningen', offered: 3, languages: { nl: DESK } },
];

for (const { login, offered, languages } of SEEN) {
  test.describe(login, () => {
    test.use({ storageState: session(login) });

    for (const [language, where] of Object.entries(languages)) {
      test(`lists in ${language}`, where, async ({ page, context, baseURL, javaScriptEnabled }) => {
        const found = complaints(page, baseURL);
        await speak(context, baseURL, language);
        await page.goto('/');
        const menu = await page.locator('.ams-menu a').evaluateAll((links) => links.map((a) => a.pathname));
        expect(menu).toContain('/werklijst');
        // a partner of the Rijk registers nobody
        const reached = PAGES.filter((path) => path === '/hulp' || menu.includes(path.split('?')[0].replace('/verslag', '').replace('/werkwijzen', '/evaluatie')));
        for (const path of reached) await look(page, path, language, found, { javaScriptEnabled, baseURL });
      });

      test(`figures in ${language}`, where, async ({ page, context, baseURL, javaScriptEnabled }) => {
        const found = complaints(page, baseURL);
        await speak(context, baseURL, language);
        await page.goto('/');
        const menu = await page.locator('.ams-menu a').evaluateAll((links) => links.map((a) => a.pathname));
        if (!menu.includes('/cijfers')) return;
        const moved = '/cijfers/verschil?figuur=stock&op=2021-01-01&bekend=2021-01-01&dan-op=2022-01-01';
        const paths = [moved, '/cijfers/gepubliceerd', '/cijfers/gevallen?figuur=stock', '/cijfers?lvv=groningen&op=2021-01-01'];
        if (login.startsWith('coordinator')) paths.push('/cijfers/vrijgaven');
        for (const path of paths) await look(page, path, language, found, { javaScriptEnabled, baseURL });
      });

      test(`the file in ${language}`, where, async ({ page, context, baseURL, javaScriptEnabled }) => {
        const found = complaints(page, baseURL);
        await speak(context, baseURL, language);
        const base = await file(page);
        for (const tab of TABS) await look(page, base + tab, language, found, { javaScriptEnabled, baseURL });
      });
    }

    test('every form that is offered', languages.nl, async ({ page, baseURL, javaScriptEnabled }) => {
      const found = complaints(page, baseURL);
      await page.goto(await file(page));
      const forms = await page.locator('a[href*="/doe/"]').evaluateAll((links) => links.map((a) => a.pathname));
      expect(forms.length).toBeGreaterThanOrEqual(offered);
      for (const path of forms) await look(page, path, 'nl', found, { javaScriptEnabled, baseURL });
    });
  });
}

for (const login of ['coordinator.groningen', 'politie.groningen']) {
  test.describe(login, () => {
    test.use({ storageState: session(login) });

    test('a sitting, its papers and its minutes', EVERYWHERE, async ({ page, baseURL, javaScriptEnabled }) => {
      const found = complaints(page, baseURL);
      const at = async (path) => look(page, path, 'nl', found, { javaScriptEnabled, baseURL });
      await at('/overleg');
      const coming = await page.locator('section:has(#komend) tbody a').last().getAttribute('href');
      const past = await page.locator('section:has(#voorbij) tbody a').first().getAttribute('href');
      for (const path of ['', '/stukken', '/afdruk']) await at(coming + path);
      await page.goto(`${coming}/stukken`);
      await at(await page.locator('a[href*="/stukken/"]').first().getAttribute('href'));
      await at(`${past}/notulen`);
      if (login.startsWith('coordinator')) for (const path of ['/overleg/nieuw', '/overleg/doorstroom']) await at(path);
    });
  });
}

for (const login of ['politie.groningen', 'onderzoeker']) {
  test.describe(login, () => {
    test.use({ storageState: session(login) });

    test('has no lists and is told why', DESK, async ({ page, baseURL, javaScriptEnabled }) => {
      const found = complaints(page, baseURL);
      await look(page, '/', 'nl', found, { javaScriptEnabled, baseURL });
      const answer = await page.goto('/werklijst');
      expect(answer.status()).toBe(403);
    });
  });
}
