// On paper: every page says whose file it is, which page of how many, who printed it and when; a pack is a sheet per case.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { DESK, session, speak } from './lib.mjs';

test.use({ storageState: session('coordinator.groningen') });

/** The sheets of a page on paper, as text; the size of each is A4. */
async function sheets(page, file) {
  writeFileSync(file, await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  expect(execFileSync('pdfinfo', [file], { encoding: 'utf8' })).toMatch(/Page size:\s+59\d\.?\d* x 84\d\.?\d* pts \(A4\)/);
  const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  return text.split('\f').filter((sheet) => sheet.trim());
}

for (const [language, page_of, printed, parts] of [
  ['nl', /pagina (\d+) van (\d+)/, 'Afgedrukt door', ['Termijnen', 'Intake', 'Traject', 'Tijdlijn']],
  ['en', /page (\d+) of (\d+)/, 'Printed by', ['Terms', 'Intake']],
]) {
  test(`the file on paper in ${language}`, DESK, async ({ page, context, baseURL }, info) => {
    await speak(context, baseURL, language);
    await page.goto('/werklijst?fase=guidance');
    await page.goto(`${await page.locator('tbody th a').first().getAttribute('href')}/afdruk`);
    // not the name: one in Arabic script comes out of the file letter by letter
    const [number] = (await page.locator('.bst-person__ids').innerText()).match(/GRO-[A-Z0-9-]+/);
    const pages = await sheets(page, info.outputPath('file.pdf'));
    const text = pages.join('\n');
    expect(pages.length).toBeGreaterThan(1);
    pages.forEach((sheet, at) => {
      const [, number, all] = sheet.match(page_of) ?? [];
      expect([Number(number), Number(all)], sheet).toEqual([at + 1, pages.length]);
      expect(sheet).toContain(number);
      expect(sheet).toContain(printed);
    });
    for (const part of parts) expect(text).toContain(part);
  });
}

test('the pack of a sitting on paper: each case begins a sheet of its own', DESK, async ({ page, context, baseURL }, info) => {
  await speak(context, baseURL, 'nl');
  await page.goto('/overleg');
  const coming = await page.locator('table').first().locator('a[href^="/overleg/"]').first().getAttribute('href');
  await page.goto(coming);
  const cases = await page.locator('a[href*="/stukken/"]').evaluateAll((links) => new Set(links.map((link) => link.href)).size);
  expect(cases).toBeGreaterThan(1);
  await page.goto(`${coming}/afdruk`);
  const pages = await sheets(page, info.outputPath('pack.pdf'));
  pages.forEach((sheet, at) => expect(sheet).toContain(`pagina ${at + 1} van ${pages.length}`));
  // the first says which sitting it is; every other whose case, and who printed it
  const begins = pages.slice(1).filter((sheet) => /Waarom op de agenda/.test(sheet));
  expect(begins).toHaveLength(cases);
  for (const sheet of pages.slice(1)) {
    expect(sheet).toMatch(/GRO-[A-Z0-9]{4}-[A-Z0-9]{4}/);
    expect(sheet).toContain('Afgedrukt door');
  }
});
