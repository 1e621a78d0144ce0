import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GrowingBytes } from '../../../src/client/logs/growingBytes';

describe('a text that grows', () => {
  it('is what was added, and what was read of it before stays', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (parts) => {
        const [first = '', ...rest] = parts;
        const text = new GrowingBytes(first);
        let whole = first;
        for (const part of rest) {
          const before = text.bytes;
          const copy = Buffer.from(before);
          text.add(part);
          whole += part;
          assert.ok(copy.equals(before));
        }
        assert.equal(Buffer.from(text.bytes).toString(), whole);
        assert.equal(text.length, Buffer.byteLength(whole));
      }),
    );
  });
});
