// A document from handing in to a table: in the browser, on a phone and without scripts.

import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { EVERYWHERE, complaints, look, session, speak } from './lib.mjs';

test.use({ storageState: session('coordinator.groningen') });

/** The address of a case of which the dossier was asked, and how many documents it has. */
async function dossier(page) {
  await page.goto('/werklijst?fase=decision');
  const files = await page.locator('tbody th a').evaluateAll((links) => links.map((a) => a.pathname));
  for (const file of files) {
    await page.goto(`${file}/dossier`);
    if (await page.locator('a[href*="/documenten/nieuw"]').count()) return file;
  }
  throw new Error('no case with a dossier');
}

test('a document is handed in, got, refused and released', EVERYWHERE, async ({ page, context, baseURL, javaScriptEnabled }, info) => {
  const found = complaints(page, baseURL);
  const at = async (path, language = 'nl') => look(page, path, language, found, { javaScriptEnabled, baseURL });
  const file = await dossier(page);
  const add = await page.locator('a[href*="/documenten/nieuw"]').first().getAttribute('href');
  await speak(context, baseURL, 'en');
  await at(add, 'en');
  await speak(context, baseURL, 'nl');
  await at(add);

  // what cannot be taken comes back with what was filled in
  const name = `verslag-${info.project.name}-${Date.now()}.pdf`;
  await page.locator('textarea[name="note"]').fill('verzonnen opmerking');
  await page.locator('input[type="file"]').setInputFiles({ name: 'stuk.docx', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n%%EOF\n') });
  await page.getByRole('button', { name: 'Document bewaren' }).click();
  await expect(page.locator('[role="alert"]')).toContainText('Laat de naam eindigen op');
  await expect(page.locator('textarea[name="note"]')).toHaveValue('verzonnen opmerking');
  found.length = 0;

  const content = `%PDF-1.7\n${name}\n%%EOF\n`;
  await page.locator('input[type="file"]').setInputFiles({ name, mimeType: 'application/pdf', buffer: Buffer.from(content) });
  await page.getByRole('button', { name: 'Document bewaren' }).click();
  await expect(page).toHaveURL(/\/dossier/);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name }).first().click();
  const got = await download;
  expect(got.suggestedFilename()).toBe(name);
  expect(await readFile(await got.path(), 'utf8')).toBe(content);
  await at(`${file}/dossier`);

  const row = page.locator('li', { hasText: name });
  await row.getByRole('link', { name: 'Vrijgeven voor een overleg' }).click();
  await at(new URL(page.url()).pathname + new URL(page.url()).search);
  await page.getByLabel('LSO').check();
  await page.locator('main form button[type="submit"]').last().click();
  await page.goto(`${file}/dossier`);
  await expect(page.locator('li', { hasText: name })).toContainText('Vrijgegeven voor LSO');
});
