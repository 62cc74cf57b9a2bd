import { type Browser, chromium } from 'playwright-core';
import { findProgram } from '../processes/command.ts';
import { BROWSERS } from '../processes/programs.ts';

const HOW_TO_GET_ONE = 'install chromium, or set CHROMIUM_PATH';

const executablePath = process.env.CHROMIUM_PATH || (await findProgram(...BROWSERS));

/** Whether there is a browser. Without one its tests are skipped, or fail if `CI` is set. */
export const hasBrowser = executablePath !== undefined;

if (!hasBrowser) {
  if (process.env.CI)
    throw new Error(`Chromium not found, and with CI set its tests may not be skipped: ${HOW_TO_GET_ONE}`);
  console.warn(`Chromium not found, its tests are skipped; ${HOW_TO_GET_ONE}`);
}

/** A host name that resolves to this machine, but that the browser treats as a host of the network. */
export const PLAIN_HOST = 'mooring.test';

/** Starts a headless browser that makes no requests of its own in the background. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath as string,
    // Chromium's sandbox does not work as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Browsers treat names of loopback as secure, like HTTPS. They do not treat this name so.
      `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
    ],
  });
}
