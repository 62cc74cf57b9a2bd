import { type Browser, chromium } from 'playwright-core';
import { findProgram } from '../processes/command.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const HOW_TO_GET_ONE = 'install chromium, or say in CHROMIUM_PATH where one is';

const executablePath = process.env.CHROMIUM_PATH || (await findProgram(...NAMES));

/** Whether there is a browser to test with; without one its tests are skipped, and with CI set that is a failure. */
export const hasBrowser = executablePath !== undefined;

if (!hasBrowser) {
  if (process.env.CI)
    throw new Error(`There is no Chromium, and with CI set its tests may not be skipped: ${HOW_TO_GET_ONE}`);
  console.warn(`Chromium: none here, its tests are skipped; ${HOW_TO_GET_ONE}`);
}

/** A host that a browser reaches on this machine, and takes for one of the network. */
export const PLAIN_HOST = 'mooring.test';

/** Starts a browser without a window that talks to nobody but the pages it is shown. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath as string,
    // Chromium's sandbox does not take root for a user.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Browsers treat a name of loopback as they treat HTTPS; this one they do not.
      `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
    ],
  });
}
