// On paper: every page says whose file it is, which page of how many, who printed it and when.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { DESK, session, speak } from './lib.mjs';

test.use({ storageState: session('coordinator.groningen') });

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
    const file = info.outputPath('file.pdf');
    writeFileSync(file, await page.pdf({ preferCSSPageSize: true, printBackground: true }));
    const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    const pages = text.split('\f').filter((sheet) => sheet.trim());
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
