/** Freezes plain data at all levels, and returns it. */
export function freezeDeep<Plain>(plain: Plain): Plain {
  if (typeof plain === 'object' && plain !== null) Object.values(Object.freeze(plain)).forEach(freezeDeep);
  return plain;
}
