/** A file bundled as text, by a rule of `wrangler.toml` and by a plugin of `worker/host/bundle.ts`. */
declare module '*?text' {
  const text: string;
  export default text;
}
