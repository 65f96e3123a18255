// Runs against a server that is already up: BESTENDIG_URL=http://… npx playwright test
import { defineConfig } from '@playwright/test';
import { BROWSER } from './lib.mjs';

export default defineConfig({
  testDir: '.',
  globalSetup: './sign-in.mjs',
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  reporter: 'line',
  // a demonstration that starts for the first time answers slowly; what waits for nothing should say so within minutes
  timeout: 240_000,
  use: {
    baseURL: process.env.BESTENDIG_URL ?? 'http://127.0.0.1:8080',
    launchOptions: BROWSER,
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', grep: /@desk/, use: { viewport: { width: 1440, height: 900 } } },
    { name: 'phone', grep: /@phone/, use: { viewport: { width: 390, height: 844 }, hasTouch: true } },
    { name: 'no-js', grep: /@no-js/, use: { viewport: { width: 1440, height: 900 }, javaScriptEnabled: false } },
    // a programme of one municipality, served by a second server
    { name: 'one-city', grep: /@one-city/, use: { baseURL: process.env.BESTENDIG_ONE_CITY_URL } },
  ],
});
