import { describe, expect, it } from 'vitest';
import { acceptsGzip, prefersText } from '../../lib/admin/http/accept.js';

describe('a request', () => {
  it.each([
    ['text/plain'],
    ['TEXT/Plain; charset=utf-8'],
    ['text/*'],
    ['text/plain, */*'],
    ['text/html, text/plain;q=0.5'],
    ['application/json;q=0.4, text/plain;q=0.5'],
    ['text/plain;q=0.5, */*;q=0.1'],
    ['text/plain; q=0.5 , application/json;q=0'],
    ['*/*, application/json;q=0.9'],
  ])('prefers text with "%s"', (accept) => {
    expect(prefersText(accept)).toBe(true);
  });

  it.each([
    [undefined],
    [''],
    ['*/*'],
    ['application/json'],
    ['application/*'],
    ['application/json, text/plain, */*'],
    ['text/plain, application/json'],
    ['text/plain;q=0.9, application/json'],
    ['text/plain;q=0.1, */*'],
    ['text/plain;q=0'],
    ['text/plain;q=much'],
    ['text/*;q=1, text/plain;q=0'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['image/png'],
    ['text/plainer'],
    [',;,'],
  ])('does not prefer text with "%s"', (accept) => {
    expect(prefersText(accept)).toBe(false);
  });
});

describe('a request takes gzip', () => {
  it.each([
    ['gzip'],
    ['GZIP'],
    ['gzip, deflate, br'],
    ['br;q=1.0, gzip;q=0.8, *;q=0.1'],
    ['*'],
    ['deflate, *;q=0.5'],
    [' gzip ; q=0.001'],
  ])('with "%s"', (accept) => {
    expect(acceptsGzip(accept)).toBe(true);
  });

  it.each([
    [undefined],
    [''],
    ['identity'],
    ['br'],
    ['gzip;q=0'],
    ['gzip;q=0, *'],
    ['*, gzip;q=0'],
    ['*;q=0'],
    ['gzipped'],
    ['gzip;q=much'],
  ])('not with "%s"', (accept) => {
    expect(acceptsGzip(accept)).toBe(false);
  });
});
