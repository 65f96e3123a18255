// One municipality with one NGO: no partner of the Rijk is asked for anything, and the work goes on without them.

import { expect, test } from '@playwright/test';
import { complaints, look, signIn } from './lib.mjs';

const ONE_CITY = { tag: '@one-city' };

test('a coordinator works without IND, DT&V or police', ONE_CITY, async ({ page, baseURL }) => {
  const found = complaints(page, baseURL);
  await signIn(page, 'coordinator.vrijstad');
  for (const path of ['/', '/werklijst', '/cijfers']) await look(page, path, 'nl', found, { baseURL });

  await page.goto('/werklijst?fase=guidance');
  const file = await page.locator('tbody th a').first().getAttribute('href');
  for (const tab of ['', '/tijdlijn', '/partners']) {
    await look(page, file + tab, 'nl', found, { baseURL });
    await expect(page.locator('main')).not.toContainText(/\bIND\b|DT&V|AVIM/);
  }

  await page.goto(file);
  const steps = await page.locator('a[href*="/doe/"]').evaluateAll((links) => links.map((a) => a.pathname));
  expect(steps.length).toBeGreaterThan(5);
  expect(steps.filter((step) => /dossier|levering/.test(step))).toEqual([]);
});
