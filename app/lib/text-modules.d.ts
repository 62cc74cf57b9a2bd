/**
 * A file as text: `import styles from './cart.css?text'`. Node loads it with a hook of `cli/import-routes.ts`; at the edge it is
 * bundled, by a rule of `wrangler.toml` and by a plugin of `worker/host/bundle.ts`.
 */
declare module '*?text' {
  const text: string;
  export default text;
}
