/** Escapes the control characters of a text, so that it can't steer a terminal. Line breaks stay; following lines are indented. */
export function escapeText(text: string): string {
  return text.replace(/\n/g, '\n    ').replace(/[\0-\t\v-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
