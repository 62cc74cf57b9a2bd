/** Control characters beyond ASCII's first, and Unicode's own ends of a line. JSON lets them stand as they are. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * Escapes in a line of JSON what a terminal would act on and what some readers take for the end of the line: a path may
 * hold any of it. The line says the same as before.
 */
export function escapeControls(json: string): string {
  return json.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
