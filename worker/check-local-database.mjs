// Run by wrangler before `wrangler dev --env mysql` (see wrangler.toml), by whatever Node there is. Without a database of this
// machine wrangler would ask for a Postgres.
const NAMES = ['CLOUDFLARE_HYPERDRIVE', 'WRANGLER_HYPERDRIVE'].map(
  (prefix) => `${prefix}_LOCAL_CONNECTION_STRING_HYPERDRIVE`,
);

if (process.env.WRANGLER_COMMAND === 'dev' && !NAMES.some((name) => process.env[name])) {
  const example = 'mysql://user:password@127.0.0.1:3306/mooring';
  console.error(
    `${NAMES[0]}: expected the URL of the MySQL to use on this machine, got nothing; for example ${NAMES[0]}=${example}`,
  );
  process.exit(1);
}
