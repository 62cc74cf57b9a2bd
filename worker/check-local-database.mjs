// wrangler runs this before `wrangler dev --env mysql` (see wrangler.toml), with whatever Node is installed. Without a
// local database wrangler would ask for a Postgres, and with a database of another kind only the requests would fail.
import { linkAppFolder } from './link-app-folder.mjs';

const NAMES = ['CLOUDFLARE_HYPERDRIVE', 'WRANGLER_HYPERDRIVE'].map(
  (prefix) => `${prefix}_LOCAL_CONNECTION_STRING_HYPERDRIVE`,
);
const EXAMPLE = 'mysql://user:password@127.0.0.1:3306/mooring';

/** @returns what is wrong with a URL, without any part that may be a password; `undefined` when it is valid */
function findProblem(value) {
  // Without the slashes, the text before the colon may be part of a password.
  if (!/^\w+:\/\//.test(value) || !URL.canParse(value)) return 'something that is no URL';
  const url = new URL(value);
  if (url.protocol !== 'mysql:') return `a URL that begins with ${url.protocol}`;
  // wrangler rejects a URL without these.
  const missing = Object.entries({ user: url.username, password: url.password, host: url.hostname })
    .filter(([, part]) => part === '')
    .map(([name]) => name);
  if (!/^\/[^/]+$/.test(url.pathname)) missing.push('database');
  return missing.length > 0 ? `a URL without ${missing.join(' and ')}` : undefined;
}

linkAppFolder();

const name = NAMES.find((name) => process.env[name]);
const got = name === undefined ? 'nothing' : findProblem(process.env[name]);

if (process.env.WRANGLER_COMMAND === 'dev' && got !== undefined) {
  const wrong = name ?? NAMES[0];
  console.error(
    `${wrong}: expected the URL of the MySQL to use on this machine, got ${got}; for example ${wrong}=${EXAMPLE}`,
  );
  process.exit(1);
}
