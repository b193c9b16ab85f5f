import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compact, matchText, speedupText } from '../../../page/text/figure.text.js';
import { dayStart, fieldOf, timeOf } from '../../../page/text/local.time.js';
import { tickText, timeText } from '../../../page/text/time.text.js';
import { piecesOf, seen } from '../../../page/text/visible.js';

describe('A text from elsewhere', () => {
  it('shows what would not be seen, or would turn others around', () => {
    expect(piecesOf('a\u202eb\u0007')).toEqual([
      { text: 'a', isEscape: false },
      { text: '\\u202e', isEscape: true },
      { text: 'b', isEscape: false },
      { text: '\\u0007', isEscape: true },
    ]);
    expect(seen('\ufeff\u200b\ud800')).toBe('\\ufeff\\u200b\\ud800');
  });

  it('keeps its lines where it has lines', () => {
    expect(piecesOf('a\n\tb\u0000', true)).toEqual([
      { text: 'a\n\tb', isEscape: false },
      { text: '\\u0000', isEscape: true },
    ]);
    expect(seen('a\nb')).toBe('a\\u000ab');
  });

  it('is not changed where all of it is seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(piecesOf(text)).toEqual([{ text, isEscape: false }]);
      }),
    );
    expect(seen('👩‍👩‍👧 São Paulo नमस्ते')).toBe('👩‍👩‍👧 São Paulo नमस्ते');
  });
});

describe('A figure', () => {
  it.each([
    [2.345, '2.35× faster'],
    [-1.5, '1.5× slower'],
    [1, 'as fast'],
    [-1.001, 'as fast'],
    [214.4, '214× faster'],
    [null, '–'],
  ])('tells a speedup of %s as "%s"', (factor, text) => {
    expect(speedupText(factor)).toBe(text);
  });

  it('never tells a match rate as whole where something differed', () => {
    expect(matchText({ estimate: 0.00001, low: 0, high: 1 })).not.toBe('100 %');
    expect(matchText({ estimate: 0, low: 0, high: 1 })).toBe('100 %');
  });

  it('is short where it is large', () => {
    expect([compact(9_999), compact(18_220), compact(1_234_567)]).toEqual(['9,999', '18.2K', '1.23M']);
  });
});

describe('A time', () => {
  const now = Date.parse('2025-11-25T12:00:00Z');
  const zone = { timeZone: 'Asia/Tokyo' };

  it.each([
    ['2025-11-25T11:59:59.5Z', 'now'],
    ['2025-11-25T11:59:30Z', '30 s ago'],
    ['2025-11-25T11:15:00Z', '45 min ago'],
    ['2025-11-24T13:00:00Z', '23 h ago'],
    ['2025-11-20T12:00:00Z', '20 Nov, 21:00'],
    ['2025-11-26T12:00:00Z', '26 Nov, 21:00'],
    ['2023-01-01T00:00:00Z', '1 Jan 2023'],
  ])('%s is said as "%s"', (time, text) => {
    expect(timeText(new Date(time), now, zone)).toBe(text);
  });

  it('that is none is said so', () => {
    expect(timeText(new Date('never'), now)).toBe('an unknown time');
  });

  it('stands on an axis by how far its neighbours are', () => {
    const time = new Date('2025-11-25T15:30:00Z');
    expect([60_000, 3_600_000, 86_400_000].map((step) => tickText(time, step, zone))).toEqual(['00:30', 'Wed 00:30', '26 Nov']);
  });

  it('is in a field as it came from one', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (date) => {
        const minute = new Date(Math.floor(date.getTime() / 60_000) * 60_000).toISOString();
        const field = fieldOf(minute);
        expect(fieldOf(timeOf(field))).toBe(field);
      }),
    );
    expect([fieldOf(null), timeOf('')]).toEqual(['', null]);
  });

  it('begins with its day', () => {
    expect(dayStart('2025-11-25')).toBe(new Date(2025, 10, 25).getTime());
    expect(dayStart('2025-11-30', 1)).toBe(new Date(2025, 11, 1).getTime());
    expect([dayStart(undefined), dayStart('soon')]).toEqual([undefined, undefined]);
  });
});
