// A registration, as a coordinator does it: search first, then the form; a mistake keeps what was typed; once sent,
// sending again changes nothing.

import { expect, test } from '@playwright/test';
import { EVERYWHERE, axe, session } from './lib.mjs';

test.use({ storageState: session('coordinator.groningen') });

test('someone new is registered, after a search', EVERYWHERE, async ({ page, baseURL, javaScriptEnabled }, info) => {
  const form = () => page.locator('form:has(input[name="name-1-text"])');
  const name = `Proefnaam ${info.project.name} Verzonnen`;
  await page.goto('/aanmelden');
  await page.locator('main input[name="zoek"]').fill(name);
  await page.locator('main form button[type="submit"]').first().click();
  await expect(page.locator('input[name="name-1-text"]')).toHaveValue(name);

  // nothing but the name: every missing field is named, and the name is still there
  await page.locator('form:has(input[name="name-1-text"]) button[type="submit"]').last().click();
  await expect(page.locator('[data-bst-error-summary]')).toBeVisible();
  await expect(page.locator('input[name="name-1-text"]')).toHaveValue(name);
  await axe(page, { javaScriptEnabled, baseURL });

  await page.locator('input[name="sex"][value="female"]').check();
  await page.locator('select[name="v_number_missing"]').selectOption({ index: 1 });
  await page.locator('textarea[name="circumstances"]').fill('Kwam zelf binnen, verzonnen.');
  await page.locator('input[name="birth-jaar"]').fill('1990');
  const sent = await fields(form());
  await form().locator('button[type="submit"]').last().click();
  await expect(page).toHaveURL(/\/traject\//);
  await expect(page.locator('h1')).toContainText(name);

  // the same form once more, as after a double click: the same answer, no second file
  const again = await page.request.post('/aanmelden/nieuw', { form: sent, maxRedirects: 0 });
  expect(again.status()).toBe(303);
  expect(new URL(again.headers().location, baseURL).href).toBe(page.url());
});

/** What a form would send, by name. */
async function fields(form) {
  const sent = {};
  for (const input of await form.locator('input[name], select[name], textarea[name]').all()) {
    const [name, type] = [await input.getAttribute('name'), await input.getAttribute('type')];
    if (!['radio', 'checkbox'].includes(type) || (await input.isChecked())) sent[name] = await input.inputValue();
  }
  return sent;
}
