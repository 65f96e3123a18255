// Every page, in every language of the screen: it answers, is accessible, asks nothing of anyone else, and fits.

import { expect, test } from '@playwright/test';
import { axe, complaints, noSidewaysScroll, signIn, speak } from './lib.mjs';

const PAGES = ['/', '/werklijst', '/deelnemers', '/aanmelden', '/cijfers'];
const LANGUAGES = ['nl', 'en'];

for (const language of LANGUAGES) {
  for (const path of PAGES) {
    test(`${path} in ${language}`, async ({ page, context, baseURL, javaScriptEnabled }) => {
      const found = complaints(page, baseURL);
      await speak(context, baseURL, language);
      await signIn(page, 'coordinator');

      const answer = await page.goto(path);
      expect(answer.status(), path).toBe(200);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.locator('h1')).toHaveCount(1);

      await noSidewaysScroll(page);
      await axe(page, { javaScriptEnabled, baseURL });
      expect(found).toEqual([]);
    });
  }
}
