/**
 * The longest text that is compared, in characters. One that was put together of others is written out in one piece when it is first
 * looked at, which takes some 3 ns a character, or 10 ns beyond Latin-1: no function tells such a text, or takes it in parts.
 */
export const LONG = 1_000_000;
