// Before all tests: each account signs in once, and its session is kept for the tests.

import { chromium } from '@playwright/test';
import { BROWSER, session, signIn } from './lib.mjs';

export const ACCOUNTS = [
  'coordinator.groningen',
  'begeleider.groningen',
  'opvang.groningen',
  'ind.groningen',
  'dtv.groningen',
  'politie.groningen',
  'onderzoeker',
  'privacy.groningen',
  'beheer',
];

export default async function signInAll(config) {
  const { baseURL } = config.projects[0].use;
  const browser = await chromium.launch(BROWSER);
  for (const login of ACCOUNTS) {
    const context = await browser.newContext({ baseURL });
    await signIn(await context.newPage(), login);
    await context.storageState({ path: session(login) });
    await context.close();
  }
  await browser.close();
}
