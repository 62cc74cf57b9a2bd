/** DEL, the C1 control characters and Unicode's line separators, which `JSON.stringify` does not escape. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * Escapes characters that a terminal would act on or that some readers take for the end of a line; request paths may contain
 * them. The JSON keeps its meaning.
 */
export function escapeControls(json: string): string {
  return json.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
