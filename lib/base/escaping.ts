/** A text in which no control character is left that could steer a terminal; lines of their own stay, indented. */
export function escapeText(text: string): string {
  return text.replace(/\n/g, '\n    ').replace(/[\0-\t\v-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
