// What the specs share: signing in, and the checks that hold for every page.

import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { HtmlValidate } from 'html-validate';

/** The system's own Chromium; nothing is downloaded. */
export const BROWSER = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
};

/** Where a test runs: on a desk alone, or on a phone and without scripts too. */
export const DESK = { tag: '@desk' };
export const SCREENS = { tag: ['@desk', '@phone'] };
export const EVERYWHERE = { tag: ['@desk', '@phone', '@no-js'] };

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The password that every account of the demonstration shares. */
export const PASSWORD = process.env.BESTENDIG_WACHTWOORD ?? 'bestendig-demo';

/** Where the session of an account is kept while the tests run: signing in is limited, as it should be. */
export function session(login) {
  return `test-results/session-${login}.json`;
}

/** Signs in through the form. */
export async function signIn(page, login) {
  await page.goto('/inloggen');
  await page.locator('input[name="naam"]').fill(login);
  await page.locator('input[name="wachtwoord"]').fill(PASSWORD);
  await page.locator('form:has(input[name="wachtwoord"]) button[type="submit"]').first().click();
  await expect(page, `signing in as ${login}`).not.toHaveURL(/\/inloggen/);
}

/** Sets the language of the pages. */
export async function speak(context, baseURL, language) {
  await context.addCookies([{ name: 'taal', value: language, url: baseURL }]);
}

/**
 * Fails on any accessibility rule that the page breaks.
 *
 * Axe runs as a script in the page. Where scripts are off, the same address is read once more in a session that has
 * them on but gets none of ours: what is checked is what someone without a script gets.
 */
export async function axe(page, { javaScriptEnabled = true, baseURL } = {}) {
  if (javaScriptEnabled) return check(page);

  const context = await page.context().browser().newContext({
    baseURL,
    // said aloud: the project's own setting would hold here too
    javaScriptEnabled: true,
    viewport: page.viewportSize(),
    storageState: await page.context().storageState(),
  });
  try {
    await context.route(/\.js(\?|$)/, (route) => route.abort());
    const copy = await context.newPage();
    await copy.goto(page.url());
    await check(copy);
  } finally {
    await context.close();
  }
}

async function check(page) {
  // our pages hold no frames: the mode without them takes half the time
  const builder = new AxeBuilder({ page }).withTags(AXE_TAGS).options({ resultTypes: ['violations'] }).setLegacyMode(true);
  const { violations } = await builder.analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html }) => html) }));
  expect(found, `accessibility of ${page.url()}`).toEqual([]);
}

/**
 * Collects what may not happen on any page: an error in the console (which is also where a breach of the content
 * policy is told), an error in the script, a request to another origin. Call it before the first page; the list it
 * returns has to be empty at the end.
 */
export function complaints(page, baseURL) {
  const own = new URL(baseURL).origin;
  const found = [];
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' || /Content Security Policy|Trusted(HTML|Script)/.test(text)) {
      found.push(`console: ${text}`);
    }
  });
  page.on('pageerror', (error) => found.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== own) found.push(`request to ${url.origin}`);
  });
  return found;
}

/** The page may not be wider than the window: on a phone that hides half of every line. */
export async function noSidewaysScroll(page) {
  const box = await page.locator('html').evaluate((html) => ({ content: html.scrollWidth, window: html.clientWidth }));
  expect(box.content, `width of ${page.url()}`).toBeLessThanOrEqual(box.window);
}

const html = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:document'],
  rules: {
    // a list and a region may have a name
    'aria-label-misuse': ['error', { allowAnyNamable: true }],
    // boxes of one group share a name
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit'] }],
    // how attributes and white space are written, and how long a title is, is taste
    'attribute-boolean-style': 'off',
    'long-title': 'off',
    'no-trailing-whitespace': 'off',
    // everything is loaded from here; the stylesheet and the script carry their checksum
    'require-sri': 'off',
  },
});

/** The page as the server sent it is right HTML. */
export async function validHtml(text, where) {
  const report = await html.validateString(text);
  const found = report.results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`));
  expect(found, `HTML of ${where}`).toEqual([]);
}

/** What holds for every page. */
export async function look(page, path, language, found, { javaScriptEnabled, baseURL, status = 200 }) {
  const answer = await page.goto(path);
  expect(answer.status(), path).toBe(status);
  await validHtml(await answer.text(), path);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  await expect(page.locator('h1'), path).toHaveCount(1);
  await noSidewaysScroll(page);
  await axe(page, { javaScriptEnabled, baseURL });
  // a page that says "no" is told in the console by the browser itself
  expect(found.filter((text) => status === 200 || !/status of \d{3}/.test(text)), path).toEqual([]);
  found.length = 0;
}
