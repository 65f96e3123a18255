// A whole LSO, by keyboard alone: planned, agenda, opened, who is there, a decision and a postponement, closed; then the
// minutes confirmed by everyone who was there, each in their own session, and fixed. Without scripts too.

import { expect, test } from '@playwright/test';
import { axe, noSidewaysScroll, signIn } from './lib.mjs';

const WHERE = { tag: ['@desk', '@no-js'] };

/** Goes to an element with the Tab key, as someone without a mouse does. */
async function tabTo(page, locator) {
  for (let tabs = 0; tabs < 400; tabs += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way to ${locator} with the Tab key on ${page.url()}`);
}

async function press(page, locator, key = 'Enter') {
  await tabTo(page, locator);
  await page.keyboard.press(key);
}

async function type(page, locator, text) {
  await tabTo(page, locator);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

/** The first real choice of a list. */
async function choose(page, locator) {
  await press(page, locator, 'ArrowDown');
  await expect(locator).not.toHaveValue('');
}

test('a whole LSO is run by keyboard', WHERE, async ({ page, browser, baseURL, javaScriptEnabled }, info) => {
  // a site of its own for each way of looking: they do not stand in each other's way
  const site = info.project.name === 'no-js' ? 'eindhoven' : 'utrecht';
  await signIn(page, `coordinator.${site}`);

  await page.goto(`/overleg/nieuw?reeks=lso&lvv=${site}`);
  const [year, month, day] = (await page.locator('body').getAttribute('data-bst-today')).split('-').map(Number);
  await type(page, page.locator('#on-dag'), String(day));
  await type(page, page.locator('#on-maand'), String(month));
  await type(page, page.locator('#on-jaar'), String(year));
  await type(page, page.locator('#place'), 'Verzonnen zaal');
  await press(page, page.locator('main .bst-form button[type="submit"]').last());
  await expect(page).toHaveURL(/\/overleg\/[0-9a-f-]{36}$/);
  const sitting = new URL(page.url()).pathname;

  const proposed = page.locator('input[name="zaken"]');
  expect(await proposed.count(), 'cases that ask for a place').toBeGreaterThanOrEqual(2);
  // what stands on an agenda already is refused: take two that are ready and on none
  const free = page.locator('tr:has(input[name="zaken"]):has(.bst-badge--good):not(:has-text("andere open agenda")) input[name="zaken"]');
  await press(page, free.nth(0), 'Space');
  await press(page, free.nth(1), 'Space');
  await press(page, page.locator('form[action$="/agenda"] button[type="submit"]'));
  await expect(page.locator('input[name="orde-2-plaats"]')).toBeVisible();
  await axe(page, { javaScriptEnabled, baseURL });

  await press(page, page.locator('form:has(input[value="openen"]) button'));
  await expect(page).toHaveURL(/\/tafel$/);
  await noSidewaysScroll(page);
  await press(page, page.locator('form[action$="/aanwezig"] .bst-actions button'));
  await expect(page.locator('.bst-room__head .bst-badge--good')).toBeVisible();
  await axe(page, { javaScriptEnabled, baseURL });

  // the first case: agreed
  await choose(page, page.locator('#perspective'));
  await choose(page, page.locator('#scenario'));
  await type(page, page.locator('#reason').first(), 'Samen besloten, verzonnen.');
  const nothing = page.locator('select[name^="commitments-"][name$="-nothing"]');
  for (let row = 0; row < (await nothing.count()); row += 1) await choose(page, nothing.nth(row));
  await press(page, page.locator('.bst-room__decision > form .bst-actions button[type="submit"]'));
  await expect(page.locator('.bst-room__agenda')).toContainText('Besloten');

  // the second: not now
  await press(page, page.locator('.bst-room__decision a[href*="wat=aanhouden"]'));
  await press(page, page.locator('input[name="outcome"]').first(), 'Space');
  await type(page, page.locator('textarea[name="reason"]'), 'De tolk is er niet, verzonnen.');
  await press(page, page.locator('.bst-room__decision > form .bst-actions button[type="submit"]'));
  await expect(page.locator('.bst-room__agenda')).toContainText('Aangehouden');
  await press(page, page.locator('.bst-room__agenda form button'));
  await expect(page).toHaveURL(/\/notulen$/);
  await axe(page, { javaScriptEnabled, baseURL });

  // each who was there confirms in a session of their own
  await press(page, page.locator('form:has(input[value="bevestig"]) button'));
  for (const who of ['begeleider', 'begeleider2', 'ind', 'dtv', 'politie']) {
    const context = await browser.newContext({ baseURL, javaScriptEnabled });
    const own = await context.newPage();
    await signIn(own, `${who}.${site}`);
    await own.goto(`${sitting}/notulen`);
    await press(own, own.locator('form:has(input[value="bevestig"]) button'));
    await expect(own.locator('form:has(input[value="bevestig"])')).toHaveCount(0);
    await context.close();
  }
  await page.goto(`${sitting}/notulen`);
  await press(page, page.locator('form:has(input[value="vast"]) button'));
  await expect(page.locator('.bst-alert--good')).toBeVisible();
  await expect(page.locator('form:has(input[value="vast"])')).toHaveCount(0);
});
